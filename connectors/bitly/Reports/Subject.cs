namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What a report is about: its column, its address without a slash at the end, and how messages call it.</summary>
internal sealed record Subject(Column Column, string Id, string Path, string Name)
{
    private static readonly Column Bitlink = Key("bitlink", "The Bitlink as domain/back-half.");

    private static readonly Column Group = Key("group_guid", "The group's GUID in Bitly.");

    private static readonly Column QrCode = Key("qrcode_id", "The QR code's id in Bitly.");

    private static readonly Column Organization = Key("organization_guid", "The organization's GUID in Bitly.");

    /// <summary>What the link list tells of a Bitlink that was found in it.</summary>
    public BitlinkBody? Body { get; init; }

    /// <summary>Since when there is something to count; null if that is not known.</summary>
    public DateTimeOffset? Born { get; init; }

    public static Subject OfLink(string bitlink) => new(Bitlink, bitlink, $"bitlinks/{Bitly.Bitlink.ToPath(bitlink)}", $"Bitlink {bitlink}");

    public static Subject OfGroup(string guid) => new(Group, guid, $"groups/{Uri.EscapeDataString(guid)}", $"group {guid}");

    public static Subject OfQrCode(string id) => new(QrCode, id, $"qr-codes/{Uri.EscapeDataString(id)}", $"QR code {id}");

    public static Subject OfOrganization(string guid) => new(Organization, guid, $"organizations/{Uri.EscapeDataString(guid)}", $"organization {guid}");

    private static Column Key(string name, string description) => new(name, ColumnType.String) { IsKey = true, Description = description };
}
