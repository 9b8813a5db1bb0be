using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Counts by unit of time. Bitly has neither time zone nor roll-up for them, so both are made here.</summary>
/// <param name="scope">What the counts are about.</param>
/// <param name="endpoint">Below the subject's address.</param>
/// <param name="measure">The counts' column.</param>
/// <param name="read">The reply's counts.</param>
internal sealed class SeriesReport<TReply>(
    Scope scope, string endpoint, Column measure, Func<TReply, IEnumerable<(DateTimeOffset? Start, long Count)>> read) : Report
    where TReply : Echo
{
    /// <summary>Asked beyond the window's edge, where Bitly may begin to count at another minute.</summary>
    private const int SpareHours = 24;

    /// <summary>An endpoint that gives the total in one number.</summary>
    public string? Summary { get; init; }

    /// <summary>An endpoint with the same reply for accounts whose plan lacks the first.</summary>
    public string? Fallback { get; init; }

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subject = await run.FindAsync(scope, cancellationToken);
        var rollUp = run.Details.RollUp ?? false;
        var table = new Table(run, subject, byDate: !rollUp, measure);
        var asked = run.Window.IsRebucketed ? run.Window.InHours() : run.Window;
        var slice = asked.Whole;
        var what = $"the {measure.Name} of {subject.Name}";
        if (rollUp && Summary is not null)
        {
            var total = await run.Api.GetAsync<TotalClicksReply>($"{subject.Path}/{Summary}?{slice.Query}", what, cancellationToken);
            asked.TellCoverage(run.Context.Reporter, total, []);
            table.Add(slice, total, null, total.TotalClicks);
            yield return table.ToBatch();
            yield break;
        }

        var spare = run.Window.IsRebucketed && slice.Units > 0 ? slice with { Units = slice.Units + SpareHours } : slice;
        var reply = await FetchAsync(run, subject, spare.Query, what, cancellationToken);
        var points = read(reply).Select(point => new Point(point.Start ?? throw Timeless(what), point.Count)).ToList();
        asked.TellCoverage(run.Context.Reporter, reply, points);
        var counts = run.Window.IsRebucketed ? Rebucket(run, points) : [.. points.OrderBy(point => point.Start)];
        if (rollUp)
        {
            table.Add(slice, reply, null, counts.Sum(point => point.Count));
        }
        else
        {
            counts.ForEach(point => table.Add(slice, reply, point.Start, point.Count));
        }

        yield return table.ToBatch();
    }

    private static ConnectorException Timeless(string what) =>
        new(FailureKind.Connector, $"Bitly's reply about {what} has a count without a time.");

    private static List<Point> Rebucket(ReportRun run, IEnumerable<Point> hours)
    {
        List<Point> counts = [.. run.Window.Rebucket(hours)];
        if (counts.Any(point => point.Start.UtcDateTime.Minute != 0))
        {
            run.Context.Reporter.Warn(
                $"Bitly counts whole UTC hours, but in {run.Window.Zone.Name} days begin within one: clicks of the hour around midnight are counted in the {Window.NameOf(run.Window.Unit)} that holds its greater part.");
        }

        return counts;
    }

    private async Task<TReply> FetchAsync(ReportRun run, Subject subject, string query, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await run.Api.GetAsync<TReply>($"{subject.Path}/{endpoint}?{query}", what, cancellationToken);
        }
        catch (ConnectorException exception) when (Fallback is not null && BitlyApi.IsRefusal(exception, HttpStatusCode.PaymentRequired))
        {
            run.Context.Reporter.Info(
                $"The account's plan does not include Bitly's {endpoint} of a group; read from {Fallback} instead, which counts the clicks on the group's links.");
            return await run.Api.GetAsync<TReply>($"{subject.Path}/{Fallback}?{query}", what, cancellationToken);
        }
    }
}
