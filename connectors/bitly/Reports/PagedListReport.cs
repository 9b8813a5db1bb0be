using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>One of a group's lists with every field, archived entries included.</summary>
/// <param name="toRow">What the DataSet holds of an entry.</param>
internal sealed class PagedListReport<TPage, TEntry, TRow>(Func<TEntry, TRow> toRow) : Report(Scope.Group)
    where TPage : IListPage<TEntry>
{
    private const int MostPages = 1000;

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = new ListPages<TPage, TEntry>(run, subject, MostPages, "older ones are missing");
        while (await pages.NextAsync(cancellationToken) is { } page)
        {
            yield return run.Context.Batch<TRow>([.. page.Select(toRow)]);
        }

        run.Step();
    }
}
