using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's link list with every field, archived Bitlinks included.</summary>
internal sealed class BitlinksReport() : Report(Scope.Group)
{
    private const int MostPages = 1000;

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pages = new LinkPages(run, subject, MostPages, "older ones are missing");
        while (await pages.NextAsync(cancellationToken) is { } page)
        {
            yield return run.Context.Batch<LinkInformationReport.Row>([.. page.Select(link => LinkInformationReport.Row.Of(link.Id, link))]);
        }

        run.Step();
    }
}
