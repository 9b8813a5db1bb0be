using System.Collections.Concurrent;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.DataSets;
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
    public async Task<RunRecord> RunAsync(DataSetConfiguration dataSet, RunTrigger trigger, CancellationToken cancellationToken)
    {
        if (!_running.TryAdd(dataSet.Id, true))
        {
            throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{dataSet.Name}\" is running already; wait for that run to end, or cancel it.");
        }

        try
        {
            using var lease = packages.Take(dataSet.Connector, out var package);
            var run = Begin(dataSet, trigger, package);
            runs.Add(run);
            run = await ExecuteAsync(run, dataSet, package, cancellationToken).ConfigureAwait(false);
            runs.Update(run);
            return run;
        }
        finally
        {
            _running.TryRemove(dataSet.Id, out _);
        }
    }

    /// <summary>Where the log of a run is.</summary>
    public string LogOf(string runId) => Path.Combine(folder.Logs, runId + ".jsonl");

    private RunRecord Begin(DataSetConfiguration dataSet, RunTrigger trigger, ConnectorPackage package) => new()
    {
        Id = Guid.CreateVersion7().ToString("N"),
        DataSetId = dataSet.Id,
        Fence = dataSets.NextFence(dataSet.Id),
        Instance = folder.Instance,
        Trigger = trigger,
        ConnectorVersion = package.Manifest.Version,
        Details = dataSet.Details,
        UpdateMethod = dataSet.UpdateMethod,
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
