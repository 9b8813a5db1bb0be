using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>One run on its way into one DataSet's file; what happens ends in the record that it returns.</summary>
internal sealed class RunExecution : IDisposable
{
    private readonly RunRecord _run;
    private readonly RunPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly RunLog _log;

    public RunExecution(RunRecord run, string? logPath, RunPipeline pipeline, TimeProvider time)
    {
        _run = run;
        _pipeline = pipeline;
        _time = time;
        _log = new RunLog(logPath, time);
        Progress = new RunProgress(_log);
    }

    public RunProgress Progress { get; }

    public HttpUsage Usage { get; } = new();

    /// <summary>Executes the run.</summary>
    /// <param name="openFile">Opens the DataSet's file.</param>
    /// <param name="openSession">Opens the connector; receives the state that the run continues from.</param>
    /// <param name="cancellationToken">Cancels the run, which then ends as Cancelled.</param>
    public Task<RunRecord> ExecuteAsync(
        Func<CancellationToken, Task<DataSetFiles.Lease>> openFile,
        Func<JsonElement?, CancellationToken, Task<IConnectorSession>> openSession,
        CancellationToken cancellationToken) =>
        ExecuteAsync(
            openFile,
            async writer =>
            {
                await using var session = await openSession(writer.State, cancellationToken).ConfigureAwait(false);
                await _pipeline.ExecuteAsync(session, writer, Progress, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Changes what is there already.</summary>
    /// <inheritdoc cref="ExecuteAsync(Func{CancellationToken, Task{DataSetFiles.Lease}}, Func{JsonElement?, CancellationToken, Task{IConnectorSession}}, CancellationToken)"/>
    public Task<RunRecord> ChangeAsync(
        Func<CancellationToken, Task<DataSetFiles.Lease>> openFile, Func<DataSetWriter, CommitResult> change, CancellationToken cancellationToken) =>
        ExecuteAsync(
            openFile,
            writer =>
            {
                Progress.Enter(RunPhase.Committing);
                Progress.Committed(change(writer));
                return Task.CompletedTask;
            },
            cancellationToken);

    [SuppressMessage("Design", "CA1031", Justification = "A run is the border: whatever happens in it becomes its record.")]
    private async Task<RunRecord> ExecuteAsync(
        Func<CancellationToken, Task<DataSetFiles.Lease>> openFile, Func<DataSetWriter, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            using var lease = await openFile(cancellationToken).ConfigureAwait(false);
            using var writer = new DataSetWriter(lease.File, new WriterOptions
            {
                RunId = _run.Id,
                Fence = _run.Fence,
                UpdateMethod = _run.UpdateMethod,
                Rules = _run.Rules,
                IsAside = _run.Trigger == RunTrigger.Backfill,
                IsFirstAttempt = _run.Attempts == 1,
                Time = _time,
            });
            await work(writer).ConfigureAwait(false);
            return End(
                Progress.HeldBecause is not null ? RunState.Held
                : Progress.Warnings.Count > 0 ? RunState.SucceededWithWarnings
                : RunState.Succeeded,
                null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _log.Info("Cancelled.");
            return End(RunState.Cancelled, null);
        }
        catch (Exception exception)
        {
            var failure = Explain(exception);
            _log.Error($"{failure.Kind}: {failure.Message}");
            _log.Error(exception.ToString());
            return End(RunState.Failed, failure);
        }
    }

    public void Dispose() => _log.Dispose();

    /// <summary>The record as it stands now.</summary>
    public RunRecord Snapshot()
    {
        var usage = Usage.Snapshot();
        return _run with
        {
            Phase = Progress.Phase,
            Phases = [.. _run.Phases, .. Progress.PhasesOf(_run.Attempts)],
            Warnings = [.. _run.Warnings, .. Progress.Warnings],
            Counts = _run.Counts.Plus(Progress.Counts with
            {
                BytesReceived = usage.BytesReceived,
                Requests = usage.Requests,
                Waited = usage.WaitedForLimits,
            }),
        };
    }

    private RunRecord End(RunState state, RunFailure? failure) =>
        Snapshot() with { State = state, Phase = RunPhase.Ended, EndedAt = _time.GetUtcNow(), Failure = failure };

    private string Kept() => Snapshot().Counts.RowsWritten is > 0 and var rows ? $"What was committed before stays: {Counted.Of(rows, "row")}." : "Nothing had been committed.";

    private RunFailure Explain(Exception exception)
    {
        switch (exception)
        {
            case PlatformException:
                return new RunFailure(RunFailureKind.Platform, exception.Message);
            case PackageLoadException:
                return new RunFailure(RunFailureKind.Connector, exception.Message);
            case WorkerException death:
                return new RunFailure(RunFailureKind.Connector, Progress.Mask.Mask($"{death.Message} {Kept()}"));
        }

        var failure = FailureTable.Of(exception, Progress.Mask);
        return new RunFailure(Enum.Parse<RunFailureKind>(failure.Kind.ToString()), failure.Message);
    }
}
