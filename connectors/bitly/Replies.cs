using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Connectors.Bitly;

internal sealed record User(string? Login, string? Name, string? DefaultGroupGuid);

internal sealed record Group(string Guid, string? Name)
{
    public string Label => string.IsNullOrWhiteSpace(Name) ? Guid : Name;
}

internal sealed record GroupsReply(IReadOnlyList<Group>? Groups);

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
