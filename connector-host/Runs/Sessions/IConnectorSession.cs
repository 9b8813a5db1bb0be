using System.Text.Json;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>A connector opened for one operation, in this process or in a worker; the caller cannot tell which.</summary>
internal interface IConnectorSession : IAsyncDisposable
{
    /// <inheritdoc cref="IConnector.CheckAsync"/>
    Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="IConnector.GetMenuAsync"/>
    Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken);

    /// <inheritdoc cref="IConnector.ReadAsync"/>
    IAsyncEnumerable<RecordBatch> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes the plan's details, saved for an earlier version of the form, fit the package's.</summary>
    /// <inheritdoc cref="IConnector.MigrateDetails"/>
    Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken);
}
