using System.Text.Json.Serialization;

namespace ConnectorPlatform.Connectors.Bitly;

internal sealed record User(string? Login, string? Name, string? DefaultGroupGuid);

internal sealed record Group(string Guid, string? Name, string? OrganizationGuid)
{
    public string Label => string.IsNullOrWhiteSpace(Name) ? Guid : Name;
}

internal sealed record GroupsReply(IReadOnlyList<Group>? Groups);

internal sealed record OrganizationsReply(IReadOnlyList<Group>? Organizations);

internal sealed record TagsReply(IReadOnlyList<string>? Tags);

/// <summary>How a reply says it was counted: the units are those that Bitly had, which may be fewer than asked.</summary>
internal record Echo
{
    public string? Unit { get; init; }

    public int? Units { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    public DateTimeOffset? UnitReference { get; init; }
}

/// <summary>A count of the unit of time that begins at <paramref name="Start"/>.</summary>
internal readonly record struct Point(DateTimeOffset Start, long Count);

internal sealed record LinkClicksReply(IReadOnlyList<LinkClicksReply.Bucket>? LinkClicks) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Date, long Clicks);
}

internal sealed record TotalReply(long TotalClicks, long TotalScans) : Echo
{
    /// <summary>A reply has one of both.</summary>
    public long Total => TotalClicks + TotalScans;
}

internal sealed record GroupClicksReply(IReadOnlyList<GroupClicksReply.Bucket>? Data) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Ts, long Count);
}

internal sealed record ShortensReply(IReadOnlyList<ShortensReply.Bucket>? Metrics) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Key, long Value);
}

/// <summary>Bitly calls the count <c>clicks</c>, that of a QR code <c>scans</c>.</summary>
internal sealed record Metric(string? Value, long Clicks, long Scans)
{
    public long Count => Clicks + Scans;
}

internal sealed record ScansReply(IReadOnlyList<ScansReply.Bucket>? Scans) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Date, long Scans);
}

internal sealed record MetricsReply(IReadOnlyList<Metric>? Metrics) : Echo;

internal sealed record NetworksReply(IReadOnlyList<NetworksReply.Network>? ReferrersByDomain) : Echo
{
    internal sealed record Network([property: JsonPropertyName("network")] string? Name, IReadOnlyList<Metric>? Referrers);
}

internal sealed record CitiesReply(IReadOnlyList<CitiesReply.Place>? Metrics, CitiesReply.Rest? OtherMetrics) : Echo
{
    internal sealed record Place(string? City, string? Subregion, string? Region, string? Country, long Clicks, long Scans)
    {
        public long Count => Clicks + Scans;
    }

    internal sealed record Rest(long OtherCityClicks, long OtherCityScans, long NoCityClicks, long NoCityScans)
    {
        public long OtherCities => OtherCityClicks + OtherCityScans;

        public long NoCity => NoCityClicks + NoCityScans;
    }
}

/// <summary>The device stands in <c>device_type</c>, in some replies in <c>value</c>.</summary>
internal sealed record DevicesReply(IReadOnlyList<DevicesReply.Metric>? Metrics) : Echo
{
    internal sealed record Metric(string? DeviceType, string? Value, long Clicks);
}

internal sealed record EngagementsReply(IReadOnlyList<EngagementsReply.Bucket>? Engagements) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Date, long EngagementCount, Kinds? Engagements)
    {
        public long[] Counts => [EngagementCount, Engagements?.Clicks ?? 0, Engagements?.Scans ?? 0, Engagements?.LibButtonClicks ?? 0];
    }

    internal sealed record Kinds(long Clicks, long Scans, long LibButtonClicks);
}

internal sealed record SortedLinksReply(IReadOnlyList<SortedLinksReply.Entry>? SortedLinks, IReadOnlyList<BitlinkBody>? Links) : Echo
{
    internal sealed record Entry(string Id, long Clicks);
}
