using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The list of DataSets as its template shows it.</summary>
internal sealed class HomeView(ConnectorCatalog catalog)
{
    private const int LongestNote = 160;

    private static readonly (string Title, ListingOrder Order, bool IsDescendingFirst, string Class)[] Columns =
    [
        ("DataSet", ListingOrder.Name, false, ""),
        ("Status", ListingOrder.Status, false, ""),
        ("Last run", ListingOrder.LastRun, true, ""),
        ("Next run", ListingOrder.NextRun, false, ""),
        ("Rows", ListingOrder.Rows, true, "number"),
    ];

    public object Of(ListingQuery query, Listing listing)
    {
        var names = catalog.Packages.DistinctBy(package => package.Manifest.Id).ToDictionary(package => package.Manifest.Id, package => package.Manifest);
        return new
        {
            Tabs = new[] { Tab(query, ListingView.All, "All", listing.All), Tab(query, ListingView.Attention, "Needs attention", listing.Attention), Tab(query, ListingView.Recent, "Recently run", listing.Recent) },
            Columns = Columns.Select(column => Heading(query, column)).ToList(),
            DataSets = listing.DataSets.Select(dataSet => Row(query, dataSet, names.GetValueOrDefault(dataSet.Connector))).ToList(),
            Found = Words.Count(listing.Found, "DataSet"),
            IsFiltered = query.Search.Length > 0 || query.Connector is not null || query.Tag is not null,
            Everything = HomeAddress.Of(query with { Search = "", Connector = null, Tag = null, Skip = 0 }),
            Here = HomeAddress.Of(query),
            IsBusy = listing.DataSets.Any(dataSet => dataSet.LastRun?.State is RunState.Queued or RunState.Running),
            MayChangeAny = listing.Changeable > 0,
            MayChangeShown = listing.DataSets.Any(dataSet => dataSet.MayChange),
            AllMatching = AllMatching(query, listing),
            Pages = Pages(query, listing),
        };
    }

    // Also those of the other pages; empty when there are none, or too many to change at once.
    private static string AllMatching(ListingQuery query, Listing listing)
    {
        if (listing.Changeable <= listing.DataSets.Count(dataSet => dataSet.MayChange) || listing.Changeable > BulkChoice.Most)
        {
            return "";
        }

        var isPart = query.View != ListingView.All || query.Search.Length > 0 || query.Connector is not null || query.Tag is not null;
        var which = new[] { isPart ? "that match" : "", listing.Changeable < listing.Found ? "that you may change" : "" }.Where(words => words.Length > 0);
        return $"All {Words.Count(listing.Changeable)} {string.Join(" and ", which)}".TrimEnd();
    }

    private static object Tab(ListingQuery query, ListingView view, string title, int count) => new
    {
        Title = title,
        Count = Words.Count(count),
        Path = HomeAddress.Of(query with { View = view, Skip = 0 }),
        IsCurrent = query.View == view,
    };

    private static object Heading(ListingQuery query, (string Title, ListingOrder Order, bool IsDescendingFirst, string Class) column)
    {
        var isCurrent = query.Order == column.Order;
        return new
        {
            column.Title,
            column.Class,
            Sort = !isCurrent ? "none" : query.IsDescending ? "descending" : "ascending",
            Path = HomeAddress.Of(query with { Order = column.Order, IsDescending = isCurrent ? !query.IsDescending : column.IsDescendingFirst, Skip = 0 }),
        };
    }

    private static object Row(ListingQuery query, ListedDataSet dataSet, ConnectorManifest? connector) => new
    {
        dataSet.Id,
        dataSet.Name,
        Description = Short(dataSet.Description),
        Tags = dataSet.Tags.Select(tag => new { Title = tag, Path = HomeAddress.Of(query with { Tag = tag, Skip = 0 }) }).ToList(),
        Connector = connector?.Name ?? dataSet.Connector,
        ConnectorId = dataSet.Connector,
        State = dataSet.LastRun is { } last ? Words.Of(last.State) : "Never run",
        Tone = dataSet.LastRun is { } run ? Words.Tone(run.State) : "quiet",
        IsLate = dataSet.LateSince is not null,
        Note = dataSet.LastRun is { State: not RunState.Succeeded } told ? Short(told.Message) : "",
        LastRunId = dataSet.LastRun?.Id ?? "",
        LastRun = dataSet.LastRun?.StartedAt,
        NextRun = dataSet.NextFire?.At,
        NextWords = dataSet.NextFire switch
        {
            null => "By hand",
            { IsPaused: true } => "Paused",
            { At: null, Follows: not null } => "After another DataSet",
            { At: null } => "None",
            _ => "",
        },
        Rows = Words.Count(dataSet.Rows),
        dataSet.MayChange,
        Spark = Sparkline.Of(dataSet.RecentRuns),
    };

    private static object Pages(ListingQuery query, Listing listing)
    {
        var (first, last) = (query.Skip + 1, query.Skip + listing.DataSets.Count);
        return new
        {
            Words = listing.DataSets.Count == 0 ? "" : $"{Words.Count(first)} to {Words.Count(last)} of {Words.Count(listing.Found)}",
            Previous = query.Skip > 0 ? HomeAddress.Of(query with { Skip = Math.Max(0, query.Skip - query.Take) }) : "",
            Next = last < listing.Found && listing.DataSets.Count > 0 ? HomeAddress.Of(query with { Skip = query.Skip + query.Take }) : "",
            IsNeeded = query.Skip > 0 || last < listing.Found,
        };
    }

    private static string Short(string text) => text.Length <= LongestNote ? text : $"{text.AsSpan(0, LongestNote).TrimEnd()}…";
}
