using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Executes runs of DataSets and records what happened. A run ends in a record, whatever its connector does.</summary>
internal sealed class RunEngine(
    PackageLeases packages,
    ConnectorSessions sessions,
    DetailsMigration migration,
    AccountStore accounts,
    DataSetConfigurationStore dataSets,
    DataSetFiles files,
    RunStore runs,
    RunPlaces places,
    CancelWatch cancelWatch,
    DataFolder folder,
    PipelineOptions pipeline,
    TimeProvider time)
{
    private readonly RunSlots _slots = new();

    /// <inheritdoc cref="RunAsync(DataSetConfiguration, RunTrigger, Overlap, CancellationToken)"/>
    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunTrigger trigger, CancellationToken cancellationToken) =>
        RunAsync(dataSet, trigger, Overlap.Refuse, cancellationToken);

    /// <summary>Runs a DataSet once, with the attempts that its retry policy gives.</summary>
    /// <param name="dataSet">The DataSet; a run that had to wait takes what is stored when its turn comes.</param>
    /// <param name="trigger">Who asks for it.</param>
    /// <param name="overlap">What happens when it is running.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>The run as it ended; failures are in it.</returns>
    /// <exception cref="PlatformException">The run could not begin: the DataSet is running, or its connector is gone.</exception>
    public async Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunTrigger trigger, Overlap overlap, CancellationToken cancellationToken)
    {
        // A connector that is gone is told at once, and not after a wait.
        using var lease = packages.Take(dataSet.Connector, out var package);
        using var stop = new RunStop(time, cancellationToken);
        using var claim = _slots.Enter(dataSet.Id, dataSet.Name, overlap, stop);
        using var waiting = new WaitingRun(runs, places, dataSet.AccountId, Begin(dataSet, trigger, ""));
        using var watched = cancelWatch.Watch(waiting.Run.Id, stop);
        try
        {
            await waiting.TurnAsync(claim, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return waiting.End(waiting.Run with { State = RunState.Cancelled, Phase = RunPhase.Ended, EndedAt = time.GetUtcNow() });
        }

        return waiting.HasWaited
            ? await ExecuteAsync(waiting, dataSet.Id, stop).ConfigureAwait(false)
            : await ExecuteAsync(waiting, dataSet, package, stop).ConfigureAwait(false);
    }

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
        using var stop = new RunStop(time, cancellationToken);
        using var claim = _slots.Enter(dataSet.Id, dataSet.Name, Overlap.Refuse, stop);
        var undo = Begin(dataSet, RunTrigger.Undo, runs.Find(last.RunId)?.ConnectorVersion ?? "") with { UpdateMethod = last.Commits[0].UpdateMethod };
        runs.Add(undo);
        using var execution = new RunExecution(undo, LogOf(undo.Id), new RunPipeline(pipeline), time);
        undo = await execution.UndoAsync(cancellation => files.OpenAsync(dataSet.Id, cancellation), last, stop.Token).ConfigureAwait(false);
        if (undo.IsSuccess)
        {
            runs.SetUndone(last.RunId, undo.Id);
        }

        runs.Update(undo);
        return undo;
    }

    /// <summary>Where the log of a run is.</summary>
    public string LogOf(string runId) => Path.Combine(folder.Logs, runId + ".jsonl");

    private RunRecord Begin(DataSetConfiguration dataSet, RunTrigger trigger, string version) => new()
    {
        Id = Guid.CreateVersion7().ToString("N"),
        DataSetId = dataSet.Id,
        Fence = dataSets.NextFence(dataSet.Id),
        Instance = folder.Instance,
        Trigger = trigger,
        ConnectorVersion = version,
        Details = dataSet.Details,
        UpdateMethod = dataSet.UpdateMethod,
        Rules = dataSet.Rules,
        State = RunState.Running,
        Phase = RunPhase.Preparing,
        StartedAt = time.GetUtcNow(),
    };

    private async Task<RunRecord> ExecuteAsync(WaitingRun waiting, DataSetConfiguration dataSet, ConnectorPackage package, RunStop stop)
    {
        waiting.Start(dataSet, package.Manifest.Version, time.GetUtcNow());
        if (dataSet.Rules.Deadline is { } deadline)
        {
            stop.LimitTo(deadline);
        }

        return waiting.End(await TryAsync(waiting, dataSet, package, stop).ConfigureAwait(false));
    }

    /// <summary>Executes a run that has waited, with what is stored and active now.</summary>
    private async Task<RunRecord> ExecuteAsync(WaitingRun waiting, string dataSetId, RunStop stop)
    {
        try
        {
            var dataSet = dataSets.Get(dataSetId);
            using var lease = packages.Take(dataSet.Connector, out var package);
            return await ExecuteAsync(waiting, dataSet, package, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PlatformException or ConnectorNotFoundException)
        {
            // What was right when the run was queued and is wrong now: there is a record already that must tell it.
            return waiting.End(waiting.Run with
            {
                State = RunState.Failed,
                Phase = RunPhase.Ended,
                EndedAt = time.GetUtcNow(),
                Failure = new RunFailure(RunFailureKind.Platform, exception.Message),
            });
        }
    }

    private async Task<RunRecord> TryAsync(WaitingRun waiting, DataSetConfiguration dataSet, ConnectorPackage package, RunStop stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (ended, retryAt) = await AttemptAsync(waiting.Run with { Attempts = attempt }, dataSet, package, stop).ConfigureAwait(false);
            if (ended.Failure is not { Kind: RunFailureKind.Source } || stop.Token.IsCancellationRequested
                || dataSet.Rules.Retry.DelayAfter(attempt, Random.Shared) is not { } delay)
            {
                return ended;
            }

            var now = time.GetUtcNow();
            var next = retryAt > now + delay ? retryAt.Value : now + delay;
            next = next > now + RetryPolicy.LongestWait ? now + RetryPolicy.LongestWait : next;
            try
            {
                await waiting.AttemptAsync(Waiting(ended, next), next, time, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Stopped(waiting.Run with { Phase = RunPhase.Ended, EndedAt = time.GetUtcNow() }, stop);
            }
        }
    }

    private RunRecord Waiting(RunRecord ended, DateTimeOffset next)
    {
        var failure = ended.Failure!;
        using var log = new RunLog(LogOf(ended.Id), time);
        log.Info($"Attempt {ended.Attempts + 1} follows at {next:u}.");
        return ended with
        {
            State = RunState.Running,
            Phase = RunPhase.Waiting,
            WaitingFor = $"attempt {ended.Attempts + 1} at {next:u}",
            EndedAt = null,
            Failure = null,
            Fence = dataSets.NextFence(ended.DataSetId),
            Tries = [.. ended.Tries, new FailedTry(ended.Attempts, ended.EndedAt!.Value, failure.Kind, failure.Message, next)],
        };
    }

    private async Task<(RunRecord Ended, DateTimeOffset? RetryAt)> AttemptAsync(RunRecord run, DataSetConfiguration dataSet, ConnectorPackage package, RunStop stop)
    {
        using var execution = new RunExecution(run, LogOf(run.Id), new RunPipeline(pipeline), time);
        var ended = await execution.ExecuteAsync(
            cancellation => files.OpenAsync(dataSet.Id, cancellation),
            async (state, cancellation) => await sessions.OpenAsync(new SessionRequest
            {
                Package = package,
                Account = dataSet.AccountId is { } id ? new AccountChoice(accounts.GetById(id)) : AccountChoice.SampleData,
                Details = await migration.DetailsForAsync(package, dataSet, execution.Progress, cancellation).ConfigureAwait(false),
                State = state,
                Progress = execution.Progress,
                Usage = execution.Usage,
            }, cancellation).ConfigureAwait(false),
            stop.Token).ConfigureAwait(false);
        return (ended.State == RunState.Cancelled ? Stopped(ended, stop) : ended, execution.Usage.Snapshot().RetryAt);
    }

    private static RunRecord Stopped(RunRecord run, RunStop stop) =>
        run with { State = stop.Failure is null ? RunState.Cancelled : RunState.Failed, Failure = stop.Failure };
}
