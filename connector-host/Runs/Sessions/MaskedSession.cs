using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>A session whose checks, menus and migrations fail without the account's secrets in their words. A run masks what its reading throws itself, as it also keeps a log.</summary>
internal sealed class MaskedSession(IConnectorSession session, Func<SecretMask> mask) : IConnectorSession
{
    public Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) => MaskedAsync(() => session.CheckAsync(cancellationToken));

    public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) =>
        MaskedAsync(() => session.GetMenuAsync(request, cancellationToken));

    public IAsyncEnumerable<RecordBatch> ReadAsync(CancellationToken cancellationToken) => session.ReadAsync(cancellationToken);

    public Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken) =>
        MaskedAsync(() => session.MigrateDetailsAsync(fromVersion, cancellationToken));

    public ValueTask DisposeAsync() => session.DisposeAsync();

    // The cause is left out: its text may hold what the message hides.
    private async Task<T> MaskedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (WorkerException death)
        {
            throw new ConnectorException(FailureKind.Connector, mask().Mask(death.Message));
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or PackageLoadException))
        {
            var failure = FailureTable.Of(exception, mask());
            throw new ConnectorException(failure.Kind, failure.Message);
        }
    }
}
