using System.Globalization;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Clicks or scans split by something else than time: countries, referrers, domains.</summary>
/// <param name="scope">What they are about.</param>
/// <param name="endpoint">Below the subject's address.</param>
/// <param name="title">As it is called in messages.</param>
/// <param name="facets">The columns by which they are split.</param>
/// <param name="read">The reply's counts, with one value for each of the facets.</param>
internal sealed class FacetReport<TReply>(
    Scope scope, string endpoint, string title, IReadOnlyList<Column> facets, Func<TReply, IEnumerable<(string[] Facets, long Count)>> read) : Report(scope)
    where TReply : Echo
{
    /// <summary>Bitly's default is 50 and it declares no maximum; its API v3 gave 1,000.</summary>
    private const int Size = 1000;

    private readonly Column _measure = scope == Scope.QrCode ? Columns.Scans : Columns.Clicks;

    public override int Steps(ReportRun run) => run.Slices().Count;

    public override string EndpointOf(ReportRun run) => Template(endpoint);

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slices = run.Slices();
        run.TellEdges();
        foreach (var slice in slices)
        {
            var reply = await run.Api.GetAsync<TReply>(
                $"{subject.Path}/{endpoint}?{slice.Query}&size={Size.ToString(CultureInfo.InvariantCulture)}", $"the {title} of {subject.Name}", cancellationToken);
            var table = new Table(run, subject, byDate: slice.Date is not null, [.. facets, _measure]);
            var rows = read(reply).ToList();
            rows.ForEach(row => table.Add(slice, reply, slice.Date, [.. row.Facets, row.Count]));
            if (rows.Count == Size)
            {
                run.Reporter.Warn($"Bitly gives at most {Size} {title}; there may be more.");
            }

            if (slice.Date is null)
            {
                run.Window.TellCoverage(run.Reporter, reply, [], subject.Born);
            }

            run.Step();
            yield return table.ToBatch();
        }
    }
}
