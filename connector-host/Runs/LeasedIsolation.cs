using System.Text.Json;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Lets code run from the store alone, and keeps a version there until its last operation has ended.</summary>
internal sealed class LeasedIsolation(IConnectorIsolation inner, PackageStore store) : IConnectorIsolation, IDisposable
{
    public async Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken)
    {
        var lease = store.Lease(plan.Package.Folder);
        try
        {
            return new LeasedSession(await inner.OpenAsync(plan, sinks, cancellationToken).ConfigureAwait(false), lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private sealed class LeasedSession(IConnectorSession inner, IDisposable lease) : IConnectorSession
    {
        public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

        public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) => inner.GetMenuAsync(request, cancellationToken);

        public IAsyncEnumerable<RecordBatch> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

        public Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken) => inner.MigrateDetailsAsync(fromVersion, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            lease.Dispose();
        }
    }
}
