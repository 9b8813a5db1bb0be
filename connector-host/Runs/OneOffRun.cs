using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>How a connector is opened for one run that nobody keeps.</summary>
/// <param name="OpenAsync">Opens it; receives the execution that it tells about itself, and the state.</param>
internal sealed record OneOffPlan(
    ConnectorPackage Package, JsonElement Details, Func<RunExecution, JsonElement?, CancellationToken, Task<IConnectorSession>> OpenAsync)
{
    /// <summary>The file that keeps the log; null keeps none.</summary>
    public string? LogPath { get; init; }
}

/// <summary>Runs a connector once into a DataSet that nobody keeps.</summary>
internal sealed class OneOffRun(ConnectorSessions sessions, DataSetStoreOptions storeOptions, PipelineOptions pipeline, TimeProvider time)
{
    /// <param name="read">Receives the rows of a successful run, which are gone afterwards.</param>
    public Task<RunRecord> RunAsync(
        ConnectorPackage package, AccountChoice account, JsonElement details, Action<DataSetReader> read, CancellationToken cancellationToken) =>
        RunAsync(
            new OneOffPlan(package, details, (execution, state, cancellation) => sessions.OpenAsync(new SessionRequest
            {
                Package = package,
                Account = account,
                Purpose = "a run that is not kept",
                Details = details,
                State = state,
                Progress = execution.Progress,
                Usage = execution.Usage,
            }, cancellation)),
            read,
            cancellationToken);

    /// <inheritdoc cref="RunAsync(ConnectorPackage, AccountChoice, JsonElement, Action{DataSetReader}, CancellationToken)"/>
    public async Task<RunRecord> RunAsync(OneOffPlan plan, Action<DataSetReader> read, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("connector-run-").FullName;
        try
        {
            using var file = DataSetFile.Open(Path.Combine(folder, "run.duckdb"), storeOptions.MemoryMegabytes);
            using var execution = new RunExecution(Begin(plan.Package, plan.Details), plan.LogPath, new RunPipeline(pipeline), time);
            var run = await execution.ExecuteAsync(
                _ => Task.FromResult(new DataSetFiles.Lease(file, () => { })),
                (state, cancellation) => plan.OpenAsync(execution, state, cancellation),
                cancellationToken).ConfigureAwait(false);
            if (run.IsSuccess)
            {
                read(new DataSetReader(file));
            }

            return run;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private RunRecord Begin(ConnectorPackage package, JsonElement details) => new()
    {
        Id = Identifier.New(),
        DataSetId = "",
        Fence = 1,
        Instance = "",
        Trigger = RunTrigger.Manual,
        ConnectorVersion = package.Manifest.Version,
        Details = details,
        UpdateMethod = UpdateMethod.Replace,
        State = RunState.Running,
        Phase = RunPhase.Preparing,
        StartedAt = time.GetUtcNow(),
    };
}
