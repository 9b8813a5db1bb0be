using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Reads a report on what it is about, or on each of many Bitlinks or QR codes, of which one that fails does not stop the others.</summary>
internal sealed class Reading(ReportRun run, Report report)
{
    /// <summary>How many are named that could not be read.</summary>
    private const int MostNamed = 20;

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subjects = await FindSubjectsAsync(cancellationToken);
        run.Expect(subjects.Count * report.Steps(run));
        await foreach (var batch in IsOfOne ? report.ReadAsync(run, subjects[0], cancellationToken) : ReadManyAsync(subjects, cancellationToken))
        {
            yield return batch;
        }
    }

    /// <summary>Whether the user chose one thing, so that its failure is the run's.</summary>
    private bool IsOfOne => report.Scope switch
    {
        Scope.Link => run.Details.Links == LinkChoice.One,
        Scope.QrCode => run.Details.HasQrCode,
        _ => true,
    };

    private string Noun => report.Scope == Scope.QrCode ? QrCodeListReply.Noun : LinkListReply.Noun;

    private async Task<IReadOnlyList<Subject>> FindSubjectsAsync(CancellationToken cancellationToken) => report.Scope switch
    {
        Scope.Link => await new LinkSelection(run).FindAsync(run.Details.Links, cancellationToken),
        Scope.QrCode => await new QrCodeSelection(run).FindAsync(cancellationToken),
        Scope.Organization => [await run.FindOrganizationAsync(cancellationToken)],
        _ => [await run.FindGroupAsync(cancellationToken)],
    };

    private async IAsyncEnumerable<RecordBatch> ReadManyAsync(IReadOnlyList<Subject> links, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await report.PrepareAsync(run, links, cancellationToken);
        await new RequestBudget(run).CheckAsync(
            string.Create(CultureInfo.InvariantCulture, $"{links.Count:N0} {Noun}"), report.CountRequests(run, links), report.EndpointOf(run), cancellationToken);
        var refused = new List<ConnectorException>();
        foreach (var link in links)
        {
            foreach (var batch in await ReadOneAsync(link, refused, cancellationToken))
            {
                yield return batch;
            }
        }

        if (refused.Count == links.Count)
        {
            throw refused[0];
        }

        if (refused.Count > MostNamed)
        {
            run.Reporter.Warn($"{refused.Count - MostNamed} more {Noun} could not be read either and are left out.");
        }
    }

    private async Task<IReadOnlyList<RecordBatch>> ReadOneAsync(Subject link, List<ConnectorException> refused, CancellationToken cancellationToken)
    {
        var batches = new List<RecordBatch>();
        try
        {
            await foreach (var batch in report.ReadAsync(run, link, cancellationToken))
            {
                batches.Add(batch);
            }

            return batches;
        }
        catch (ConnectorException exception) when (exception.Kind == FailureKind.Details
            && BitlyApi.IsRefusal(exception, HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.Gone))
        {
            refused.Add(exception);
            if (refused.Count <= MostNamed)
            {
                run.Reporter.Warn($"{link.Name} is left out. {exception.Message}");
            }

            // A link counts with all of its rows or with none.
            return [];
        }
    }
}
