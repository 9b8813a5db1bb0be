using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Brings run records of processes that are gone into line with the ledgers: a run whose final commit stands has succeeded,
/// whatever its record says; any other was interrupted, and what it committed stays.
/// </summary>
internal sealed class RunReconciler(RunStore runs, DataSetFiles files, DataFolder folder, TimeProvider time)
{
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await SettleHeldAsync(cancellationToken).ConfigureAwait(false);
        foreach (var run in runs.Unfinished().Where(run => !folder.IsAlive(run.Instance)))
        {
            try
            {
                runs.Update(await SettleAsync(run, cancellationToken).ConfigureAwait(false));
            }
            catch (PlatformException exception) when (exception.Fault == PlatformFault.Busy)
            {
                // Another process is using the DataSet. What its ledger says is asked the next time; a guess would stand for ever.
            }
        }
    }

    /// <summary>A process may have died between publishing or dropping what waited and recording it.</summary>
    private async Task SettleHeldAsync(CancellationToken cancellationToken)
    {
        foreach (var run in runs.Held())
        {
            try
            {
                using var lease = await files.OpenAsync(run.DataSetId, cancellationToken).ConfigureAwait(false);
                if (lease.Reader.Held()?.RunId != run.Id)
                {
                    var commits = lease.Reader.Commits().Where(entry => entry.RunId == run.Id).ToList();
                    runs.Settle(run with
                    {
                        State = commits.Any(entry => entry.IsFinal) ? RunState.SucceededWithWarnings : RunState.Cancelled,
                        Counts = Written(run.Counts, commits),
                    });
                }
            }
            catch (PlatformException)
            {
                // The file is in use or damaged: the run goes on waiting, and whoever looks at it is told.
            }
        }
    }

    private static RunCounts Written(RunCounts counts, IReadOnlyList<LedgerEntry> commits) => counts with
    {
        RowsWritten = commits.Sum(entry => entry.RowsWritten),
        RowsChanged = commits.Sum(entry => entry.RowsChanged),
        RowsRemoved = commits.Sum(entry => entry.RowsRemoved),
    };

    private async Task<RunRecord> SettleAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (!File.Exists(files.PathOf(run.DataSetId)))
        {
            return Interrupted(run, "It had committed nothing.");
        }

        try
        {
            using var lease = await files.OpenAsync(run.DataSetId, cancellationToken).ConfigureAwait(false);
            var commits = lease.Reader.Commits().Where(entry => entry.RunId == run.Id).ToList();
            var counts = Written(run.Counts, commits);
            if (lease.Reader.Held() is { } held && held.RunId == run.Id)
            {
                return run with { State = RunState.Held, Phase = RunPhase.Ended, EndedAt = held.HeldAt, Counts = counts, Warnings = [.. run.Warnings, .. held.Reasons] };
            }

            foreach (var undone in commits.Select(entry => entry.Undoes).OfType<string>())
            {
                runs.SetUndone(undone, run.Id);
            }

            return commits.Any(entry => entry.IsFinal)
                ? run with { State = RunState.Succeeded, Phase = RunPhase.Ended, EndedAt = commits[^1].CommittedAt, Counts = counts }
                : Interrupted(run with { Counts = counts }, commits.Count == 0 ? "It had committed nothing." : $"The {counts.RowsWritten} rows that it had committed stay.");
        }
        catch (PlatformException exception) when (exception.Fault != PlatformFault.Busy)
        {
            return Interrupted(run, exception.Message);
        }
    }

    private RunRecord Interrupted(RunRecord run, string what) => run with
    {
        State = RunState.Failed,
        Phase = RunPhase.Ended,
        EndedAt = time.GetUtcNow(),
        Failure = new RunFailure(RunFailureKind.Platform, $"The platform stopped during this run. {what} Run it again."),
    };
}
