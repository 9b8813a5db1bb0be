using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Counts by unit of time. Bitly has neither time zone nor roll-up for them, so both are made here.</summary>
/// <param name="scope">What the counts are about.</param>
/// <param name="endpoint">Below the subject's address.</param>
/// <param name="measures">The counts' columns.</param>
/// <param name="read">The reply's counts, one for each of the measures.</param>
internal sealed class SeriesReport<TReply>(
    Scope scope, string endpoint, IReadOnlyList<Column> measures, Func<TReply, IEnumerable<(DateTimeOffset? Start, long[] Counts)>> read) : Report(scope)
    where TReply : Echo
{
    /// <summary>Asked beyond the window's edge, where Bitly may begin to count at another minute.</summary>
    private const int SpareHours = 24;

    /// <summary>An endpoint that gives the total in one number.</summary>
    public string? Summary { get; init; }

    /// <summary>An endpoint with the same reply for accounts whose plan lacks the first.</summary>
    public string? Fallback { get; init; }

    /// <summary>More endpoints with the same reply, each for one more measure: what the first counts in part.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>Rolled up, the clicks of many links of a group stand in one reply.</summary>
    public override async Task PrepareAsync(ReportRun run, IReadOnlyList<Subject> links, CancellationToken cancellationToken)
    {
        if (IsSummed(run) && links.Count > 1 && links[0].Body is not null)
        {
            run.Totals = await ClickTotals.ReadAsync(run, links, Asked(run.Window).Whole, cancellationToken);
        }
    }

    public override string EndpointOf(ReportRun run) => Template(IsSummed(run) ? Summary! : endpoint);

    public override int CountRequests(ReportRun run, IReadOnlyList<Subject> links) => links.Count(link => run.Totals?.Of(link.Id) is null);

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = run.NewUnits?.WindowOf(subject.Id) ?? run.Window;
        var table = new Table(run, subject, byDate: run.Details.RollUp is not true, measures) { Window = window };
        if (window.DividesHours)
        {
            run.Reporter.Warn(
                $"Bitly counts whole UTC hours, but in {window.Zone.Name} days begin within one: clicks of the hour around midnight are counted in the {Window.NameOf(window.Unit)} that holds its greater part.");
        }

        if (run.NewUnits?.HaveBeenRead(subject.Id) is not true)
        {
            await AddRowsAsync(run, subject, window, table, cancellationToken);
            run.NewUnits?.Done(subject.Id);
        }

        run.Step();
        yield return table.ToBatch(run.NewUnits?.Checkpoint);
    }

    private async Task AddRowsAsync(ReportRun run, Subject subject, Window window, Table table, CancellationToken cancellationToken)
    {
        var asked = Asked(window);
        if (run.Totals?.Of(subject.Id) is { } clicks)
        {
            table.Add(asked.Whole, new Echo(), null, clicks);
        }
        else if (IsSummed(run))
        {
            var reply = await run.Api.GetAsync<TotalReply>($"{subject.Path}/{Summary}?{asked.Whole.Query}", What(subject), cancellationToken);
            asked.TellCoverage(run.Reporter, reply, [], subject.Born);
            table.Add(asked.Whole, reply, null, reply.Total);
        }
        else
        {
            var (reply, series) = await CountAsync(run, subject, window, cancellationToken);
            if (run.Details.RollUp is true)
            {
                table.Add(asked.Whole, reply, null, [.. series.Select(points => (object)points.Sum(point => point.Count))]);
            }
            else
            {
                AddUnits(table, asked.Whole, reply, [.. series.Select(points => run.NewUnits?.Take(subject.Id, points) ?? points)]);
            }
        }
    }

    /// <summary>All measures have the same units, as they come from the same buckets.</summary>
    private static void AddUnits(Table table, Slice asked, TReply reply, IReadOnlyList<List<Point>> series)
    {
        for (var i = 0; i < series[0].Count; i++)
        {
            table.Add(asked, reply, series[0][i].Start, [.. series.Select(points => (object)points[i].Count)]);
        }
    }

    private static Window Asked(Window window) => window.IsRebucketed ? window.InHours() : window;

    private bool IsSummed(ReportRun run) => Summary is not null && run.Details.RollUp is true;

    private string What(Subject subject) => $"the {measures[0].Name} of {subject.Name}";

    private async Task<(TReply Reply, IReadOnlyList<List<Point>> Series)> CountAsync(
        ReportRun run, Subject subject, Window window, CancellationToken cancellationToken)
    {
        var asked = Asked(window);
        var slice = asked.Whole;
        if (window.IsRebucketed && slice.Units > 0)
        {
            slice = slice with { Units = slice.Units + SpareHours };
        }

        var reply = await FetchAsync(run, subject, slice.Query, cancellationToken);
        var counts = new SortedDictionary<DateTimeOffset, long[]>();
        Add(counts, reply, 0, subject);
        foreach (var (index, part) in Parts.Index())
        {
            var more = await run.Api.GetAsync<TReply>($"{subject.Path}/{part}?{slice.Query}", What(subject), cancellationToken);
            Add(counts, more, measures.Count - Parts.Count + index, subject);
        }

        List<List<Point>> series = [.. measures.Select((_, i) => counts.Select(entry => new Point(entry.Key, entry.Value[i])).ToList())];
        asked.TellCoverage(run.Reporter, reply, series[0], subject.Born);
        return (reply, window.IsRebucketed ? [.. series.Select(points => window.Rebucket(points).ToList())] : series);
    }

    /// <summary>Puts a reply's counts beside those that are there, from the given measure on.</summary>
    private void Add(SortedDictionary<DateTimeOffset, long[]> counts, TReply reply, int first, Subject subject)
    {
        foreach (var (start, values) in read(reply))
        {
            var at = start ?? throw Timeless(subject);
            if (!counts.TryGetValue(at, out var all))
            {
                counts[at] = all = new long[measures.Count];
            }

            values.CopyTo(all, first);
        }
    }

    private ConnectorException Timeless(Subject subject) =>
        new(FailureKind.Connector, $"Bitly's reply about {What(subject)} has a count without a time.");

    private async Task<TReply> FetchAsync(ReportRun run, Subject subject, string query, CancellationToken cancellationToken)
    {
        try
        {
            return await run.Api.GetAsync<TReply>($"{subject.Path}/{endpoint}?{query}", What(subject), cancellationToken);
        }
        catch (ConnectorException exception) when (Fallback is not null && BitlyApi.IsRefusal(exception, HttpStatusCode.PaymentRequired))
        {
            run.Reporter.Info(
                $"The account's plan does not include Bitly's {endpoint} of a group; read from {Fallback} instead, which counts the clicks on the group's links.");
            return await run.Api.GetAsync<TReply>($"{subject.Path}/{Fallback}?{query}", What(subject), cancellationToken);
        }
    }
}
