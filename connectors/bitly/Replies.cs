using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Connectors.Bitly;

internal sealed record User(string? Login, string? Name, string? DefaultGroupGuid);

internal sealed record Group(string Guid, string? Name)
{
    public string Label => string.IsNullOrWhiteSpace(Name) ? Guid : Name;
}

internal sealed record GroupsReply(IReadOnlyList<Group>? Groups);

internal sealed record TagsReply(IReadOnlyList<string>? Tags);

internal sealed record CampaignsReply(IReadOnlyList<CampaignsReply.Campaign>? Campaigns)
{
    internal sealed record Campaign
    {
        [Key]
        [Description("The campaign's GUID in Bitly.")]
        public string Guid { get; init; } = "";

        public string? GroupGuid { get; init; }

        public string? Name { get; init; }

        public string? Description { get; init; }

        public DateTimeOffset? Created { get; init; }

        public DateTimeOffset? Modified { get; init; }

        [Description("Login of the user who made the campaign.")]
        public string? CreatedBy { get; init; }
    }
}

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

internal sealed record TotalClicksReply(long TotalClicks) : Echo;

internal sealed record GroupClicksReply(IReadOnlyList<GroupClicksReply.Bucket>? Data) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Ts, long Count);
}

internal sealed record ShortensReply(IReadOnlyList<ShortensReply.Bucket>? Metrics) : Echo
{
    internal sealed record Bucket([property: JsonConverter(typeof(BitlyTime))] DateTimeOffset? Key, long Value);
}

internal sealed record Metric(string? Value, long Clicks);

internal sealed record MetricsReply(IReadOnlyList<Metric>? Metrics) : Echo;

internal sealed record NetworksReply(IReadOnlyList<NetworksReply.Network>? ReferrersByDomain) : Echo
{
    internal sealed record Network([property: JsonPropertyName("network")] string? Name, IReadOnlyList<Metric>? Referrers);
}

internal sealed record CitiesReply(IReadOnlyList<CitiesReply.Place>? Metrics, CitiesReply.Rest? OtherMetrics) : Echo
{
    internal sealed record Place(string? City, string? Subregion, string? Region, string? Country, long Clicks);

    internal sealed record Rest(long OtherCityClicks, long NoCityClicks);
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

internal sealed record LinkListReply(IReadOnlyList<BitlinkBody>? Links, LinkListReply.Page? Pagination)
{
    internal sealed record Page(string? Next, string? SearchAfter);
}

/// <summary>A Bitlink as Bitly describes it.</summary>
internal sealed record BitlinkBody
{
    public string Id { get; init; } = "";

    public string? Link { get; init; }

    public string? LongUrl { get; init; }

    public string? Title { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    public DateTimeOffset? CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    public string? ClientId { get; init; }

    public bool? Archived { get; init; }

    public bool? IsDeleted { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    public DateTimeOffset? ExpirationAt { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<string>? CustomBitlinks { get; init; }

    public IReadOnlyList<string>? CampaignIds { get; init; }

    public IReadOnlyList<string>? LaunchpadIds { get; init; }

    public IReadOnlyList<string>? QrCodeIds { get; init; }

    public JsonElement? Deeplinks { get; init; }

    public JsonElement? DynamicRouting { get; init; }

    public IReadOnlyDictionary<string, string?>? References { get; init; }

    /// <summary>The last part of the group's address.</summary>
    public string? GroupGuid => References?.GetValueOrDefault("group")?.Split('/')[^1];
}
