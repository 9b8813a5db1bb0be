using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Counts by unit of time. Bitly has neither time zone nor roll-up for them, so both are made here.</summary>
/// <param name="scope">What the counts are about.</param>
/// <param name="endpoint">Below the subject's address.</param>
/// <param name="measure">The counts' column.</param>
/// <param name="read">The reply's counts.</param>
internal sealed class SeriesReport<TReply>(
    Scope scope, string endpoint, Column measure, Func<TReply, IEnumerable<(DateTimeOffset? Start, long Count)>> read) : Report(scope)
    where TReply : Echo
{
    /// <summary>Asked beyond the window's edge, where Bitly may begin to count at another minute.</summary>
    private const int SpareHours = 24;

    /// <summary>An endpoint that gives the total in one number.</summary>
    public string? Summary { get; init; }

    /// <summary>An endpoint with the same reply for accounts whose plan lacks the first.</summary>
    public string? Fallback { get; init; }

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rollUp = run.Details.RollUp ?? false;
        var table = new Table(run, subject, byDate: !rollUp, measure);
        var asked = run.Window.IsRebucketed ? run.Window.InHours() : run.Window;
        if (run.Window.DividesHours)
        {
            run.Reporter.Warn(
                $"Bitly counts whole UTC hours, but in {run.Window.Zone.Name} days begin within one: clicks of the hour around midnight are counted in the {Window.NameOf(run.Window.Unit)} that holds its greater part.");
        }

        if (rollUp && Summary is not null)
        {
            var reply = await run.Api.GetAsync<TotalClicksReply>($"{subject.Path}/{Summary}?{asked.Whole.Query}", What(subject), cancellationToken);
            asked.TellCoverage(run.Reporter, reply, []);
            table.Add(asked.Whole, reply, null, reply.TotalClicks);
        }
        else
        {
            var (reply, counts) = await CountAsync(run, subject, asked, cancellationToken);
            if (rollUp)
            {
                counts = [new Point(default, counts.Sum(count => count.Count))];
            }

            counts.ForEach(count => table.Add(asked.Whole, reply, count.Start, count.Count));
        }

        run.Step();
        yield return table.ToBatch();
    }

    private string What(Subject subject) => $"the {measure.Name} of {subject.Name}";

    private async Task<(TReply Reply, List<Point> Counts)> CountAsync(
        ReportRun run, Subject subject, Window asked, CancellationToken cancellationToken)
    {
        var slice = asked.Whole;
        if (run.Window.IsRebucketed && slice.Units > 0)
        {
            slice = slice with { Units = slice.Units + SpareHours };
        }

        var reply = await FetchAsync(run, subject, slice.Query, cancellationToken);
        List<Point> points = [.. read(reply).Select(count => new Point(count.Start ?? throw Timeless(subject), count.Count))];
        asked.TellCoverage(run.Reporter, reply, points);
        return (reply, run.Window.IsRebucketed ? [.. run.Window.Rebucket(points)] : [.. points.OrderBy(point => point.Start)]);
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
