using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>
/// Runs the slices of a backfill, one after the other, and lets live runs go first. Whether a slice is done says the DataSet's ledger;
/// so a process that is killed at any moment leaves no slice out and brings none twice.
/// </summary>
internal sealed class BackfillRunner(
    BackfillStore backfills, RunEngine engine, RunStore runs, RunReconciler reconciler, DataSetConfigurationStore dataSets, DataSetFiles files, DataFolder folder, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, bool> _going = new();

    /// <summary>Whether nobody is at a running backfill: no process has taken it up, or that one is gone.</summary>
    public bool IsFree(Backfill backfill) => backfill.State == BackfillState.Running && (backfill.Instance is not { } instance || !folder.IsAlive(instance));

    /// <summary>Runs what is left of a backfill, until it is done, paused or cancelled.</summary>
    /// <param name="backfillId">The backfill; one that is not running is left as it is.</param>
    /// <param name="told">Is told each slice as it has ended.</param>
    /// <param name="pauseReason">Why it is paused when it is stopped here; null lets it stay running for whoever takes it up.</param>
    /// <param name="cancellationToken">Ends the slice that goes on, which then changes nothing.</param>
    /// <exception cref="PlatformException">Another process is at it, or a file cannot be used: then it is paused with that reason.</exception>
    public async Task ExecuteAsync(string backfillId, Action<BackfillSlice> told, string? pauseReason, CancellationToken cancellationToken)
    {
        if (backfills.Find(backfillId) is not { State: BackfillState.Running } backfill)
        {
            return;
        }

        Take(backfill);
        try
        {
            await reconciler.ReconcileAsync(cancellationToken).ConfigureAwait(false);
            using var budget = new BackfillBudget(backfill.Budget, time);
            while (await NextAsync(backfill, told, cancellationToken).ConfigureAwait(false) is { } slice)
            {
                await RunAsync(backfill, slice, budget, told, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PlatformException exception)
        {
            backfills.TryMove(backfillId, BackfillState.Paused, exception.Message);
            throw;
        }
        catch (OperationCanceledException) when (pauseReason is not null)
        {
            backfills.TryMove(backfillId, BackfillState.Paused, pauseReason);
            throw;
        }
        finally
        {
            backfills.Leave(backfillId, folder.Instance);
            _going.TryRemove(backfillId, out _);
        }
    }

    /// <summary>Asks the ledger about slices whose run has begun.</summary>
    private async Task SettleAsync(Backfill backfill, Action<BackfillSlice> told, CancellationToken cancellationToken)
    {
        foreach (var slice in backfills.Begun(backfill.Id))
        {
            if (PauseIfHeld(backfill, slice))
            {
                return;
            }

            var rows = await RowsOfAsync(backfill.DataSetId, slice.RunId!, cancellationToken).ConfigureAwait(false);
            var settled = rows is null ? slice with { State = SliceState.Pending } : slice with { State = SliceState.Done, Rows = rows.Value, Failure = null };
            backfills.Update(backfill.Id, settled);
            if (rows is not null)
            {
                told(settled);
            }
        }
    }

    /// <summary>A slice that a safeguard holds is neither done nor failed before somebody has decided.</summary>
    private bool PauseIfHeld(Backfill backfill, BackfillSlice slice)
    {
        if (runs.Find(slice.RunId!) is not { State: RunState.Held } held)
        {
            return false;
        }

        backfills.TryMove(backfill.Id, BackfillState.Paused, $"The slice {slice.Range} waits for approval: {string.Join(" ", held.Warnings)} Approve or reject it, then resume.");
        return true;
    }

    private void Take(Backfill backfill)
    {
        var isOwn = backfill.Instance == folder.Instance;
        if (!_going.TryAdd(backfill.Id, true))
        {
            throw Taken();
        }

        if (!isOwn && !(IsFree(backfill) && backfills.TryTake(backfill, folder.Instance)))
        {
            _going.TryRemove(backfill.Id, out _);
            throw Taken();
        }
    }

    private static PlatformException Taken() =>
        new(PlatformFault.Busy, "The backfill is being run already: see it with --status, or stop it with --pause.");

    /// <summary>The slice whose turn it is, once nobody else is in the DataSet; null when the backfill has ended or was stopped.</summary>
    private async Task<BackfillSlice?> NextAsync(Backfill backfill, Action<BackfillSlice> told, CancellationToken cancellationToken)
    {
        await OthersEndAsync(backfill.DataSetId, cancellationToken).ConfigureAwait(false);
        await SettleAsync(backfill, told, cancellationToken).ConfigureAwait(false);
        if (backfills.Find(backfill.Id) is not { State: BackfillState.Running })
        {
            return null;
        }

        if (backfills.Next(backfill.Id) is { } next)
        {
            return next;
        }

        backfills.Finish(backfill.Id);
        return null;
    }

    private async Task RunAsync(Backfill backfill, BackfillSlice slice, BackfillBudget budget, Action<BackfillSlice> told, CancellationToken cancellationToken)
    {
        var order = new SliceOrder(Identifier.New(), slice.Details, backfill.DetailsVersion, budget.Before);
        slice = slice with { State = SliceState.Running, RunId = order.RunId, Failure = null };
        backfills.Update(backfill.Id, slice);
        var failure = await FailureOfAsync(backfill, order, cancellationToken).ConfigureAwait(false);

        // A slice that was stopped is settled by whoever takes the backfill up; here the file may be closing already.
        cancellationToken.ThrowIfCancellationRequested();

        // The ledger, not the run: it may have committed and then failed to tell.
        if (await RowsOfAsync(backfill.DataSetId, order.RunId, cancellationToken).ConfigureAwait(false) is { } rows)
        {
            slice = slice with { State = SliceState.Done, Rows = rows };
        }
        else if (PauseIfHeld(backfill, slice))
        {
            return;
        }
        else if (HasMet(order.RunId, backfill.DataSetId))
        {
            backfills.Update(backfill.Id, slice with { State = SliceState.Pending });
            return;
        }
        else
        {
            slice = slice with { State = SliceState.Failed, Failure = failure };
            backfills.TryMove(backfill.Id, BackfillState.Paused, $"The slice {slice.Range} failed: {failure}");
        }

        backfills.Update(backfill.Id, slice);
        told(slice);
    }

    /// <summary>Runs the slice.</summary>
    /// <returns>Why it is not done, for the user.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The border of a slice: whatever ends it is the reason for which the backfill pauses.")]
    private async Task<string> FailureOfAsync(Backfill backfill, SliceOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var run = await engine.RunAsync(dataSets.Get(backfill.DataSetId), order, cancellationToken).ConfigureAwait(false);
            if (run.Interruption is not null)
            {
                throw new OperationCanceledException("The process ends; whoever takes the backfill up asks the ledger about this slice.");
            }

            return run.Failure is { } failure ? $"{failure.Message} {failure.WhoActs}" : $"Its run {run.Id} ended as {run.State}.";
        }
        catch (Exception exception) when (exception is PlatformException or ConnectorNotFoundException)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return $"Unexpected {exception.GetType().Name}: {exception.Message} Please report it.";
        }
    }

    // The locks of one process say nothing to another. A run that goes on elsewhere gets its turn before the next slice.
    private async Task OthersEndAsync(string dataSetId, CancellationToken cancellationToken)
    {
        while (runs.Unfinished().Any(run => run.DataSetId == dataSetId && run.Instance != folder.Instance && folder.IsAlive(run.Instance)))
        {
            await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the run found the DataSet's file taken by a run of another process, which no slice is to blame for.</summary>
    private bool HasMet(string runId, string dataSetId)
    {
        var recent = runs.Of(dataSetId, 10);
        return recent.FirstOrDefault(run => run.Id == runId) is { Failure.Kind: RunFailureKind.Platform, Counts.RowsRead: 0 } own
            && recent.Any(run => run.Instance != own.Instance && (!run.IsEnded || run.EndedAt >= own.StartedAt));
    }

    /// <summary>The rows that a run's final commit brought; null when there is no such commit, or it was undone.</summary>
    private async Task<long?> RowsOfAsync(string dataSetId, string runId, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var lease = await files.OpenAsync(dataSetId, cancellationToken).ConfigureAwait(false);
                var commits = lease.Reader.Commits().Where(entry => entry.RunId == runId && entry.UndoneBy is null).ToList();
                return commits.Exists(entry => entry.IsFinal) ? commits.Sum(entry => entry.RowsWritten) : null;
            }
            catch (PlatformException exception) when (exception.Fault == PlatformFault.Busy)
            {
                // A run of another process has taken its turn; a guess would lose or double the slice.
                await Task.Delay(LookEvery, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
