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

    private static Column Key(string name, string description) =>
        new(name, ColumnType.String) { IsKey = true, Description = description };
}
