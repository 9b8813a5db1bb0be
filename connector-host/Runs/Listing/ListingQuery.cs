namespace ConnectorPlatform.Host.Runs.Listing;

/// <summary>Which DataSets a list shows.</summary>
internal enum ListingView
{
    All,

    /// <summary>Those whose last run began within a day.</summary>
    Recent,

    /// <summary>Those of which somebody should know: the last run failed, waits for approval or has warnings, or the DataSet is late.</summary>
    Attention,
}

internal enum ListingOrder
{
    Name,

    /// <summary>What needs attention first.</summary>
    Status,

    LastRun,
    NextRun,
    Rows,
}

/// <summary>What somebody wants to see of the DataSets.</summary>
internal sealed record ListingQuery
{
    public const int MostShown = 200;

    public ListingView View { get; init; }

    /// <summary>Words, each of which is in the name, description, tags or connector.</summary>
    public string Search { get; init; } = "";

    /// <summary>A connector's id; null for all.</summary>
    public string? Connector { get; init; }

    public string? Tag { get; init; }

    /// <summary>Leaves out what the viewer may only look at.</summary>
    public bool OnlyChangeable { get; init; }

    public ListingOrder Order { get; init; }

    public bool IsDescending { get; init; }

    public int Skip { get; init; }

    /// <summary>At most <see cref="MostShown"/>.</summary>
    public int Take { get; init; } = 50;
}
