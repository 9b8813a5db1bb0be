using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>A page of one of a group's lists.</summary>
internal interface IListPage<TEntry>
{
    /// <summary>The list's address below the group's.</summary>
    static abstract string Endpoint { get; }

    /// <summary>What messages call the list.</summary>
    static abstract string Title { get; }

    /// <summary>What messages call its entries.</summary>
    static abstract string Noun { get; }

    IReadOnlyList<TEntry>? Entries { get; }

    Cursor? Pagination { get; }

    static abstract string IdOf(TEntry entry);
}

/// <summary>What asks for the next page; none after the last.</summary>
internal sealed record Cursor(string? SearchAfter);

internal sealed record LinkListReply(IReadOnlyList<BitlinkBody>? Links, Cursor? Pagination) : IListPage<BitlinkBody>
{
    public static string Endpoint => "bitlinks";

    public static string Title => "link list";

    public static string Noun => "Bitlinks";

    public IReadOnlyList<BitlinkBody>? Entries => Links;

    public static string IdOf(BitlinkBody entry) => entry.Id;
}

internal sealed record QrCodeListReply(IReadOnlyList<QrCodeBody>? QrCodes, Cursor? Pagination) : IListPage<QrCodeBody>
{
    public static string Endpoint => "qr-codes";

    public static string Title => "QR code list";

    public static string Noun => "QR codes";

    public IReadOnlyList<QrCodeBody>? Entries => QrCodes;

    public static string IdOf(QrCodeBody entry) => entry.QrCodeId;
}

internal sealed record CampaignsReply(IReadOnlyList<Campaign>? Campaigns);

internal sealed record ChannelsReply(IReadOnlyList<Channel>? Channels);

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

internal sealed record Channel
{
    [Key]
    [Description("The channel's GUID in Bitly.")]
    public string Guid { get; init; } = "";

    public string? GroupGuid { get; init; }

    public string? Name { get; init; }

    public DateTimeOffset? Created { get; init; }

    public DateTimeOffset? Modified { get; init; }

    [Description("The Bitlinks of the channel, each with its campaign.")]
    public JsonElement? Bitlinks { get; init; }
}

/// <summary>A QR code as Bitly lists it.</summary>
internal sealed record QrCodeBody
{
    [Key]
    [Description("The QR code's id in Bitly.")]
    [JsonPropertyName("qrcode_id")]
    public string QrCodeId { get; init; } = "";

    public string? GroupGuid { get; init; }

    public string? Title { get; init; }

    [Description("What the code holds: bitlink, long_url, link_in_bio, v_card, wifi, email, phone or text.")]
    public string? QrCodeType { get; init; }

    [Description("The Bitlink that the code leads to.")]
    public string? BitlinkId { get; init; }

    [Description("Where the code leads to in the end.")]
    public IReadOnlyList<string>? LongUrls { get; init; }

    [Description("The text in the code itself.")]
    public string? SerializedContent { get; init; }

    [Description("Whether its look was changed.")]
    public bool? IsCustomized { get; init; }

    [Description("Whether it is a GS1 Digital Link.")]
    public bool? IsGs1 { get; init; }

    [Description("Login of the user who made the code.")]
    public string? CreatedBy { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    [Description("Whether it is hidden from the group's list.")]
    public bool? Archived { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    [Description("When the code stops to work; empty for never.")]
    public DateTimeOffset? ExpirationAt { get; init; }

    [Description("Rules that lead to other pages by country, device or system.")]
    public JsonElement? DynamicRouting { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    public DateTimeOffset? Created { get; init; }

    [JsonConverter(typeof(BitlyTime))]
    public DateTimeOffset? Modified { get; init; }
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
