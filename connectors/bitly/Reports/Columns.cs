namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Columns that several reports share.</summary>
internal static class Columns
{
    public static Column Clicks { get; } = new("clicks", ColumnType.Integer) { Description = "Number of clicks." };

    public static Column Shortens { get; } = new("shortens", ColumnType.Integer) { Description = "Number of Bitlinks made." };

    public static Column Country { get; } = Key("country", "Two-letter country code; empty (a null of the API, as a key is never null) or None where Bitly does not know the country.");

    public static Column Referrer { get; } = Key("referrer", "Address or name of the page or app with the link; direct where there was none.");

    public static Column Domain { get; } = Key("domain", "Domain of the page with the link; direct where there was none.");

    public static Column Network { get; } = Key("network", "Network of the referring page: direct, twitter, facebook, other and so on.");

    public static Column ReferrerName { get; } = Key("referrer_name", "Name of the page or app with the link; direct where there was none.");

    public static Column City { get; } = Key("city", "City; (other cities) sums up those that Bitly does not list, (no city) the clicks whose city it does not know.");

    public static Column Subregion { get; } = Key("subregion", "Part of the region, where Bitly names it.");

    public static Column Region { get; } = Key("region", "State, province or the like.");

    public static Column Device { get; } = Key("device_type", "Kind of device, such as Desktop, Mobile or Tablet.");

    public static Column DeviceSystem { get; } = Key("device_system", "Operating system of the device, such as iOS or Android.");

    public static Column Browser { get; } = Key("browser", "Browser of the device.");

    public static Column Engagements { get; } = new("engagements", ColumnType.Integer) { Description = "Clicks on links, scans of QR codes and clicks on the buttons of Bitly's pages, together." };

    public static Column Scans { get; } = new("scans", ColumnType.Integer) { Description = "Number of scans of QR codes." };

    public static Column ButtonClicks { get; } = new("button_clicks", ColumnType.Integer) { Description = "Number of clicks on buttons of a link-in-bio page." };

    private static Column Key(string name, string description) =>
        new(name, ColumnType.String) { IsKey = true, Description = description };
}
