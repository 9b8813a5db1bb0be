using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs.Listing;

/// <summary>A part of the list of DataSets.</summary>
/// <param name="DataSets">In the order that was asked for.</param>
/// <param name="Found">How many the query finds in all.</param>
internal sealed record Listing(IReadOnlyList<ListedDataSet> DataSets, int Found)
{
    /// <summary>How many of those that the query finds the viewer may change.</summary>
    public required int Changeable { get; init; }

    /// <summary>How many DataSets there are.</summary>
    public required int All { get; init; }

    /// <summary>How many of them <see cref="ListingView.Recent"/> has.</summary>
    public required int Recent { get; init; }

    /// <summary>How many of them <see cref="ListingView.Attention"/> has.</summary>
    public required int Attention { get; init; }
}

/// <summary>A DataSet in a list.</summary>
internal sealed record ListedDataSet
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    public required long Rows { get; init; }

    /// <summary>Null when it has never run.</summary>
    public ListedRun? LastRun { get; init; }

    /// <summary>Null when it has no schedule.</summary>
    public NextFire? NextFire { get; init; }

    /// <summary>Since when it is older than it may get; null when it is not.</summary>
    public DateTimeOffset? LateSince { get; init; }

    /// <summary>Whether the viewer may change and run it, and not only look at it.</summary>
    public required bool MayChange { get; init; }

    /// <summary>The last runs, oldest first.</summary>
    public required IReadOnlyList<RecentRun> RecentRuns { get; init; }
}

/// <summary>The last run of a DataSet in a list.</summary>
/// <param name="Message">Why it failed, or what it warns of; empty when there is nothing to say.</param>
internal sealed record ListedRun(string Id, RunState State, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Message);

/// <summary>One of the last runs, as a small picture of them needs it.</summary>
internal sealed record RecentRun(RunState State, long RowsWritten);

/// <summary>A connector or tag that DataSets have, and how many.</summary>
internal sealed record ListingChoice(string Value, int Count);
