using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>Runs connectors in worker processes, so that one that dies, hangs or swells harms its own runs alone.</summary>
internal sealed class WorkerIsolation(WorkerPool pool, SourceHttp http, TimeProvider time) : IConnectorIsolation
{
    public async Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken)
    {
        var gate = http.GateOf(plan.AccountKey, plan.Package.Manifest.Http);
        var worker = await pool.TakeAsync(plan.Package, cancellationToken).ConfigureAwait(false);
        return new WorkerSession(worker, pool, plan, sinks, sinks.Limit?.Invoke(gate) ?? gate, time);
    }
}
