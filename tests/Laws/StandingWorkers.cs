using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Runs.Workers;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>Runs operations in workers whose connectors see a clock that stands. The workers are shared by all tests, as by the runs of a host.</summary>
internal sealed class StandingWorkers(DateTimeOffset now) : IConnectorIsolation
{
    private static readonly WorkerLimits Limits = new();

    private static readonly WorkerIsolation Workers = new(
        new WorkerPool(ChildProgram.Executable, _ => Limits, Limits, TimeProvider.System),
        new SourceHttp(new HttpLimits(), TimeProvider.System),
        TimeProvider.System);

    public Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken) =>
        Workers.OpenAsync(plan with { Now = now }, sinks, cancellationToken);
}
