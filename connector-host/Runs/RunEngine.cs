using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs.Backfills;
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
    RunSlots slots,
    RunPlaces places,
    CancelWatch cancelWatch,
    PlatformStop platformStop,
    LiveRuns live,
    DataFolder folder,
    PipelineOptions pipeline,
    HistoryOptions history,
    TimeProvider time)
{
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
    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunTrigger trigger, Overlap overlap, CancellationToken cancellationToken) =>
        RunAsync(dataSet, new RunAsked(trigger, overlap), cancellationToken);

    /// <summary>Runs a DataSet for somebody who does not wait for the end; while it is running, the run waits for its turn.</summary>
    /// <param name="dataSet">The DataSet.</param>
    /// <param name="recorded">Is told once there is a record of the run.</param>
    /// <inheritdoc cref="RunAsync(DataSetConfiguration, RunTrigger, Overlap, CancellationToken)"/>
    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, Action<RunRecord> recorded) =>
        RunAsync(dataSet, new RunAsked(RunTrigger.Manual, Overlap.QueueOne) { Recorded = recorded }, CancellationToken.None);

    /// <summary>Runs a slice of a backfill, which lets every other run of the DataSet go first.</summary>
    /// <inheritdoc cref="RunAsync(DataSetConfiguration, RunTrigger, Overlap, CancellationToken)"/>
    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, SliceOrder slice, CancellationToken cancellationToken) =>
        RunAsync(slice.ApplyTo(dataSet), new RunAsked(RunTrigger.Backfill, Overlap.Yield) { Slice = slice }, cancellationToken);

    /// <summary>Makes up for an interrupted run: from its last commit where the update method continues from it, else from the beginning.</summary>
    /// <returns>The new run as it ended.</returns>
    /// <exception cref="PlatformException">Another run waits already, another server makes up for it, or the DataSet or its connector is gone.</exception>
    public Task<RunRecord> ResumeAsync(RunRecord interrupted, CancellationToken cancellationToken) =>
        RunAsync(dataSets.Get(interrupted.DataSetId), new RunAsked(RunTrigger.Resume, Overlap.QueueOne)
        {
            Resumes = interrupted.Id,

            // What its source or its policy asked for holds also after a restart.
            NotBefore = interrupted.Tries is [.., var last] ? last.NextAt : null,
        }, cancellationToken);

    private async Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunAsked asked, CancellationToken cancellationToken)
    {
        // A connector that is gone is told at once, and not after a wait.
        using var lease = packages.Take(dataSet.Connector, out var package);
        if (runs.HeldOf(dataSet.Id) is { } held)
        {
            throw new PlatformException(PlatformFault.Busy, HeldMessage(held));
        }

        using var stop = new RunStop(time, cancellationToken);
        using var included = platformStop.Watch(stop);
        using var claim = slots.Enter(dataSet.Id, dataSet.Name, asked.Overlap, stop);
        var begun = Begin(dataSet, asked.Trigger, "", asked.Slice?.RunId) with { Resumes = asked.Resumes };
        using var waiting = new WaitingRun(runs, places, dataSet.AccountId, begun) { Slice = asked.Slice, Recorded = asked.Recorded };
        using var watched = cancelWatch.Watch(waiting.Run.Id, stop);
        try
        {
            await waiting.TimeAsync(asked.NotBefore, time, stop.MayEnd).ConfigureAwait(false);
            await waiting.TurnAsync(claim, stop.MayEnd).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.MayEnd.IsCancellationRequested)
        {
            return waiting.End(Stopped(waiting.Run, stop, Interruption.Waiting));
        }

        return waiting.HasWaited
            ? await ExecuteAsync(waiting, dataSet.Id, stop).ConfigureAwait(false)
            : await ExecuteAsync(waiting, dataSet, package, stop).ConfigureAwait(false);
    }

    /// <summary>Why a DataSet does not run while one of its runs waits for approval.</summary>
    public static string HeldMessage(RunRecord held) =>
        $"The run {held.Id} waits for approval since {held.EndedAt:u}, and no other can follow before it is approved or rejected: {string.Join(" ", held.Warnings)}";

    /// <summary>Where the log of a run is.</summary>
    public string LogOf(string runId) => Path.Combine(folder.Logs, runId + ".jsonl");

    /// <summary>The record of a run that begins now; it gets its fence when it is added.</summary>
    public RunRecord Begin(DataSetConfiguration dataSet, RunTrigger trigger, string version, string? id = null) => new()
    {
        Id = id ?? Identifier.New(),
        DataSetId = dataSet.Id,
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
            if (waiting.Slice is null && runs.HeldOf(dataSetId) is { } held)
            {
                return waiting.End(waiting.Run with { State = RunState.Cancelled, Phase = RunPhase.Ended, EndedAt = time.GetUtcNow(), Warnings = [HeldMessage(held)] });
            }

            var stored = dataSets.Get(dataSetId);
            var dataSet = waiting.Slice?.ApplyTo(stored) ?? stored;
            if (waiting.Slice is not null)
            {
                // Runs that came after it have gone before it.
                waiting.Renew(dataSets.NextFence(dataSetId));
            }

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
            var (ended, retryAt) = await AttemptAsync(waiting, attempt, dataSet, package, stop).ConfigureAwait(false);
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
                await waiting.AttemptAsync(Waiting(ended, next), next, time, stop.MayEnd).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return Stopped(waiting.Run, stop, Interruption.Waiting);
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
            Phases = [.. ended.Phases, new PhaseStart(ended.Attempts, RunPhase.Waiting, ended.EndedAt!.Value)],
            Tries = [.. ended.Tries, new FailedTry(ended.Attempts, ended.EndedAt!.Value, failure.Kind, failure.Message, next)],
        };
    }

    private async Task<(RunRecord Ended, DateTimeOffset? RetryAt)> AttemptAsync(
        WaitingRun waiting, int attempt, DataSetConfiguration dataSet, ConnectorPackage package, RunStop stop)
    {
        var run = waiting.Run with { Attempts = attempt };
        using var execution = new RunExecution(run, LogOf(run.Id), new RunPipeline(pipeline, stop), time);
        using var followed = live.Follow(execution.Snapshot);
        var ended = await execution.ExecuteAsync(
            cancellation => files.OpenAsync(dataSet.Id, cancellation),
            async (state, cancellation) => await sessions.OpenAsync(new SessionRequest
            {
                Package = package,
                Account = dataSet.AccountId is { } id ? new AccountChoice(accounts.GetById(id)) : AccountChoice.SampleData,
                Purpose = $"the run {run.Id} of the DataSet \"{dataSet.Name}\"",
                Details = await migration.DetailsForAsync(package, dataSet, execution.Progress, cancellation).ConfigureAwait(false),
                State = state,
                IsAppendOnly = dataSet.UpdateMethod == UpdateMethod.Append,
                Progress = execution.Progress,
                Usage = execution.Usage,
                Limit = waiting.Slice?.Limit,
            }, cancellation).ConfigureAwait(false),
            stop.Token).ConfigureAwait(false);
        if (ended.State == RunState.Cancelled)
        {
            ended = Stopped(ended, stop, Interruption.Stopped);
            execution.Progress.Info(ended.Failure?.Message ?? "Somebody wanted it to end.");
        }

        return (ended, execution.Usage.Snapshot().RetryAt);
    }

    /// <summary>A run that did not come to its own end.</summary>
    private RunRecord Stopped(RunRecord run, RunStop stop, Interruption interruption) => stop.IsInterrupted
        ? InterruptedRun.Of(run, interruption, history.ResumeOnStart, time.GetUtcNow())
        : run with
        {
            State = stop.Failure is null ? RunState.Cancelled : RunState.Failed,
            Phase = RunPhase.Ended,
            EndedAt = run.EndedAt ?? time.GetUtcNow(),
            Failure = stop.Failure,
        };

    /// <summary>Who asks for a run, and how.</summary>
    private sealed record RunAsked(RunTrigger Trigger, Overlap Overlap)
    {
        public SliceOrder? Slice { get; init; }

        public Action<RunRecord>? Recorded { get; init; }

        public string? Resumes { get; init; }

        public DateTimeOffset? NotBefore { get; init; }
    }
}
