using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>Reads a report on its group, its Bitlink, or each of many Bitlinks, of which one that fails does not stop the others.</summary>
internal sealed class Reading(ReportRun run, Report report)
{
    /// <summary>What Bitly's free plan allows.</summary>
    private const int RequestsOfAMonth = 1000;

    private const int RequestsOfAMinute = 100;

    /// <summary>How many Bitlinks are named that could not be read.</summary>
    private const int MostNamed = 20;

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subjects = report.Scope == Scope.Group
            ? [await run.FindGroupAsync(cancellationToken)]
            : await new LinkSelection(run).FindAsync(run.Details.Links, cancellationToken);
        run.Expect(subjects.Count * report.Steps(run));
        var isOne = report.Scope == Scope.Group || run.Details.Links == LinkChoice.One;
        await foreach (var batch in isOne ? report.ReadAsync(run, subjects[0], cancellationToken) : ReadManyAsync(subjects, cancellationToken))
        {
            yield return batch;
        }
    }

    private async IAsyncEnumerable<RecordBatch> ReadManyAsync(IReadOnlyList<Subject> links, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await report.PrepareAsync(run, links, cancellationToken);
        TellCost(links.Count, report.CountRequests(run, links));
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
            run.Reporter.Warn($"{refused.Count - MostNamed} more Bitlinks could not be read either and are left out.");
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

    private void TellCost(int links, int requests)
    {
        var minutes = requests > RequestsOfAMinute ? $" They take at least {requests / RequestsOfAMinute} minutes." : "";
        run.Reporter.Info(string.Create(CultureInfo.InvariantCulture, $"Reads {links:N0} Bitlinks with about {requests:N0} more requests to Bitly.{minutes}"));
        if (requests > RequestsOfAMonth)
        {
            run.Reporter.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"This run takes about {requests:N0} requests; Bitly's free plan has {RequestsOfAMonth:N0} a month. Choose fewer Links, turn Roll Up on, or run it more seldom if the month's requests run out."));
        }
    }
}
