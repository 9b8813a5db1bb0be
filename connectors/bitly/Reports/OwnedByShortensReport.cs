using System.Globalization;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's long URLs by the number of Bitlinks that were made of them. Bitly withdrew the report with its API v3; it is counted from the link list.</summary>
internal sealed class OwnedByShortensReport() : Report(Scope.Group)
{
    private const int MostPages = 1000;

    private static readonly Column[] Own =
    [
        new("rank", ColumnType.Integer) { Description = "1 for the long URL that was shortened most often." },
        new("long_url", ColumnType.String) { IsKey = true, Description = "The address that the Bitlinks lead to." },
        new("shortens", ColumnType.Integer) { Description = "Number of Bitlinks of the group with this long URL that were made in the period, counted from the link list: deleted ones are not in it." },
        new("first_created_at", ColumnType.DateTime) { Description = "When the first of them was made." },
        new("last_created_at", ColumnType.DateTime) { Description = "When the last of them was made." },
    ];

    public override int Steps(ReportRun run) => run.Slices().Count;

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        run.Reporter.Info(
            "Bitly withdrew Popular Owned by Shortens with its API v3. Counted instead: the Bitlinks in the group's link list that were made in the period, by long URL. Deleted Bitlinks, and those of other groups, cannot be seen.");
        var (slices, window) = (run.Slices(), run.Window);
        var made = (await new ListPages<LinkListReply, BitlinkBody>(run, subject, MostPages, "older ones are not counted", Filter(window)).ReadAllAsync(cancellationToken))
            .Where(link => link.CreatedAt is { } at && at <= window.Now && (window.First is not { } first || at >= first))
            .Where(link => run.Domains.Hold(link.LongUrl))
            .DistinctBy(link => link.Id)
            .ToList();
        foreach (var slice in slices)
        {
            var table = new Table(run, subject, byDate: slice.Date is not null, Own);
            var counted = made.Where(link => slice.Date is not { } start || window.Zone.StartOf(window.Unit, link.CreatedAt!.Value) == start).GroupBy(link => link.LongUrl ?? "");
            foreach (var (index, links) in counted.OrderByDescending(links => links.Count()).Index())
            {
                table.Add(slice, new Echo(), slice.Date, index + 1, links.Key, links.Count(), links.Min(link => link.CreatedAt), links.Max(link => link.CreatedAt));
            }

            run.Step();
            yield return table.ToBatch();
        }
    }

    /// <summary>A second more on both sides, as Bitly does not say whether the limits are included.</summary>
    private static string Filter(Window window) =>
        (window.First is { } first ? $"&created_after={Seconds(first.AddSeconds(-1))}" : "")
        + (window.EndsBefore ? $"&created_before={Seconds(window.Now.AddSeconds(1))}" : "");

    private static string Seconds(DateTimeOffset instant) => instant.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
