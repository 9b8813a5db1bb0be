using System.Collections.Concurrent;
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
    DataFolder folder,
    PipelineOptions pipeline,
    TimeProvider time)
{
    private readonly ConcurrentDictionary<string, bool> _running = new();

    /// <summary>Runs a DataSet once.</summary>
    /// <returns>The run as it ended; failures are in it.</returns>
    /// <exception cref="PlatformException">The run could not begin: the DataSet is running, or its connector is gone.</exception>
    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunTrigger trigger, CancellationToken cancellationToken) => AloneAsync(dataSet, async () =>
    {
        using var lease = packages.Take(dataSet.Connector, out var package);
        var run = Begin(dataSet, trigger, package.Manifest.Version);
        runs.Add(run);
        run = await ExecuteAsync(run, dataSet, package, cancellationToken).ConfigureAwait(false);
        runs.Update(run);
        return run;
    });

    private async Task<RunRecord> AloneAsync(DataSetConfiguration dataSet, Func<Task<RunRecord>> work)
    {
        if (!_running.TryAdd(dataSet.Id, true))
        {
            throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{dataSet.Name}\" is running already; wait for that run to end, or cancel it.");
        }

        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(dataSet.Id, out _);
        }
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
    public Task<RunRecord> UndoAsync(DataSetConfiguration dataSet, UndoableRun last, CancellationToken cancellationToken) => AloneAsync(dataSet, async () =>
    {
        var version = runs.Find(last.RunId)?.ConnectorVersion ?? "";
        var undo = Begin(dataSet, RunTrigger.Undo, version) with { UpdateMethod = last.Commits[0].UpdateMethod };
        runs.Add(undo);
        using var execution = new RunExecution(undo, LogOf(undo.Id), new RunPipeline(pipeline), time);
        undo = await execution.UndoAsync(cancellation => files.OpenAsync(dataSet.Id, cancellation), last, cancellationToken).ConfigureAwait(false);
        if (undo.IsSuccess)
        {
            runs.SetUndone(last.RunId, undo.Id);
        }

        runs.Update(undo);
        return undo;
    });

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

    private async Task<RunRecord> ExecuteAsync(RunRecord run, DataSetConfiguration dataSet, ConnectorPackage package, CancellationToken cancellationToken)
    {
        using var execution = new RunExecution(run, LogOf(run.Id), new RunPipeline(pipeline), time);
        return await execution.ExecuteAsync(
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
            cancellationToken).ConfigureAwait(false);
    }
}
