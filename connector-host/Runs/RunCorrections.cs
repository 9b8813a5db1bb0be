using System.Text.Json;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What people do about runs that have ended: take the last one back, approve or reject one that waits, store what is in the quarantine.</summary>
internal sealed class RunCorrections(
    RunEngine engine, RunSlots slots, DataSetConfigurationStore dataSets, DataSetFiles files, RunStore runs, PlatformStop platformStop, DataFolder folder, PipelineOptions pipeline, AuditLog audit, TimeProvider time)
{
    /// <summary>The run that an undo would take back.</summary>
    /// <exception cref="PlatformException">No run is left, or what its undo needs is no longer kept.</exception>
    public async Task<UndoableRun> LastRunAsync(DataSetConfiguration dataSet, CancellationToken cancellationToken)
    {
        using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        var last = lease.Reader.Undoable()
            ?? throw new PlatformException(PlatformFault.Input, $"The DataSet \"{dataSet.Name}\" has no run that could be undone.");
        return last.IsKept
            ? last
            : throw new PlatformException(
                PlatformFault.Input, $"The run {last.RunId} can no longer be undone: what it replaced is kept for the last {dataSet.Rules.UndoRuns} runs of \"{dataSet.Name}\" alone.");
    }

    /// <summary>Takes the last run of a DataSet back, rows and state together.</summary>
    /// <param name="dataSet">The DataSet.</param>
    /// <param name="last">The run, as <see cref="LastRunAsync"/> gave it.</param>
    /// <param name="cancellationToken">Cancels the undo, which then changes nothing.</param>
    /// <returns>The undo, which is a run of its own in the history.</returns>
    /// <exception cref="PlatformException">The DataSet is running.</exception>
    public async Task<RunRecord> UndoAsync(DataSetConfiguration dataSet, UndoableRun last, CancellationToken cancellationToken)
    {
        var undo = await ChangeAsync(dataSet, RunTrigger.Undo, runs.Find(last.RunId)?.ConnectorVersion ?? "", last.Commits[0].UpdateMethod, writer => writer.Undo(last), cancellationToken).ConfigureAwait(false);
        if (undo.IsSuccess)
        {
            runs.SetUndone(last.RunId, undo.Id);
        }

        return undo;
    }

    /// <summary>Stores the records of the quarantine that can be stored now.</summary>
    /// <returns>The replay, which is a run of its own in the history and can be undone.</returns>
    /// <exception cref="PlatformException">The DataSet is running.</exception>
    public Task<RunRecord> ReplayAsync(DataSetConfiguration dataSet, CancellationToken cancellationToken) =>
        ChangeAsync(dataSet, RunTrigger.Replay, "", dataSet.UpdateMethod, writer => writer.Replay(), cancellationToken);

    /// <summary>Forgets for ever what is in the quarantine.</summary>
    /// <returns>How many records.</returns>
    /// <exception cref="PlatformException">The DataSet is running.</exception>
    public Task<long> DiscardQuarantineAsync(DataSetConfiguration dataSet, CancellationToken cancellationToken) => AloneAsync(dataSet, async stopping =>
    {
        using var lease = await files.OpenAsync(dataSet.Id, stopping).ConfigureAwait(false);
        using var writer = Writer(lease, dataSet.Id, "discard", dataSet.UpdateMethod, dataSet.Rules, isAside: true);
        var discarded = writer.DiscardQuarantine();
        audit.Record("quarantine discarded", "dataset", dataSet.Id, dataSet.Name, JsonSerializer.Serialize(new { records = discarded }), null);
        return discarded;
    }, cancellationToken);

    /// <summary>The run of a DataSet that waits for approval.</summary>
    /// <exception cref="PlatformException">None does.</exception>
    public RunRecord HeldRun(DataSetConfiguration dataSet) => runs.HeldOf(dataSet.Id)
        ?? throw new PlatformException(PlatformFault.Input, $"No run of the DataSet \"{dataSet.Name}\" waits for approval.");

    /// <summary>Publishes the records of a run that waits.</summary>
    /// <returns>The run as it is now.</returns>
    /// <exception cref="PlatformException">It does not wait any more, or its records do not fit the update method.</exception>
    public Task<RunRecord> ApproveAsync(DataSetConfiguration dataSet, RunRecord held, CancellationToken cancellationToken) => SettleAsync(
        dataSet,
        held,
        writer =>
        {
            var result = writer.Approve(held.Id);
            return held with
            {
                State = RunState.SucceededWithWarnings,
                Warnings = [.. held.Warnings, .. result.Warnings, $"Approved at {time.GetUtcNow():u}."],
                Counts = held.Counts.Plus(new RunCounts { RowsWritten = result.RowsWritten, RowsChanged = result.RowsChanged, RowsRemoved = result.RowsRemoved }),
            };
        },
        cancellationToken);

    /// <summary>Drops the records of a run that waits; the DataSet stays as it is, and its next run reads them again.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public Task<RunRecord> RejectAsync(DataSetConfiguration dataSet, RunRecord held, CancellationToken cancellationToken) => SettleAsync(
        dataSet,
        held,
        writer =>
        {
            writer.Reject(held.Id);
            return held with { State = RunState.Cancelled, Warnings = [.. held.Warnings, $"Rejected at {time.GetUtcNow():u}; its records are dropped."] };
        },
        cancellationToken);

    private Task<RunRecord> SettleAsync(DataSetConfiguration dataSet, RunRecord held, Func<DataSetWriter, RunRecord> settle, CancellationToken cancellationToken) => AloneAsync(dataSet, async stopping =>
    {
        using var lease = await files.OpenAsync(dataSet.Id, stopping).ConfigureAwait(false);
        using var writer = Writer(lease, dataSet.Id, held.Id, held.UpdateMethod, held.Rules, isAside: held.Trigger == RunTrigger.Backfill);
        try
        {
            runs.BeginSettling(held.Id, folder.Instance);
            var settled = settle(writer);
            runs.Settle(settled);
            return settled;
        }
        catch (ConnectorException exception)
        {
            throw new PlatformException(PlatformFault.Input, $"{exception.Message} The run goes on waiting.", exception);
        }
    }, cancellationToken);

    private DataSetWriter Writer(DataSetFiles.Lease lease, string dataSetId, string runId, UpdateMethod method, DataSetRules rules, bool isAside) => new(lease.File, new WriterOptions
    {
        IsAside = isAside,
        RunId = runId,
        Fence = dataSets.NextFence(dataSetId),
        UpdateMethod = method,
        Rules = rules,
        Time = time,
    });

    private Task<RunRecord> ChangeAsync(
        DataSetConfiguration dataSet, RunTrigger trigger, string version, UpdateMethod method, Func<DataSetWriter, CommitResult> change, CancellationToken cancellationToken) => AloneAsync(dataSet, async stopping =>
    {
        var run = runs.Add(engine.Begin(dataSet, trigger, version) with { UpdateMethod = method });
        using var execution = new RunExecution(run, engine.LogOf(run.Id), new RunPipeline(pipeline), time);
        run = await execution.ChangeAsync(cancellation => files.OpenAsync(dataSet.Id, cancellation), change, stopping).ConfigureAwait(false);
        runs.Update(run);
        return run;
    }, cancellationToken);

    /// <summary>Does work on a DataSet that is not running, and keeps every run out of it meanwhile.</summary>
    /// <param name="dataSet">The DataSet.</param>
    /// <param name="work">Is given what cancels it: the caller, or the end of the platform.</param>
    /// <param name="cancellationToken">The caller's.</param>
    private async Task<T> AloneAsync<T>(DataSetConfiguration dataSet, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var stop = new RunStop(time, cancellationToken);
        using var included = platformStop.Watch(stop);
        using var claim = slots.Enter(dataSet.Id, dataSet.Name, Overlap.Refuse, stop);
        await claim.TurnAsync(stop.Token).ConfigureAwait(false);
        return await work(stop.Token).ConfigureAwait(false);
    }
}
