using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Decides where connectors' code runs.</summary>
internal interface IConnectorIsolation
{
    /// <exception cref="PackageLoadException">The connector's code cannot be used.</exception>
    Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken);
}

/// <summary>Runs connectors in the host's own process, where a debugger sees them and where they can hurt it.</summary>
internal sealed class InProcessIsolation(ConnectorLoader loader, SourceHttp http, TimeProvider time) : IConnectorIsolation
{
    public Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken) =>
        Task.FromResult<IConnectorSession>(InProcessSession.Open(plan, loader.Load(plan.Package), http, sinks, time));
}
