using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>
/// A connector: reads records from one kind of source. The host creates one instance per operation through the public
/// parameterless constructor, so fields never outlive a run. Success returns, failure throws
/// (<see cref="ConnectorException"/> says who must act; any other exception is shown as the author's bug).
/// </summary>
public interface IConnector
{
    /// <summary>Checks that the credentials work and says whose they are. Called when an account is added and by the daily probe.</summary>
    /// <param name="context">The HTTP client and the credentials; details are empty, there is no state.</param>
    /// <param name="cancellationToken">Cancelled when the user leaves or the host's time limit passes.</param>
    /// <returns>The account's identity as the source names it. The default implementation returns an unnamed identity without any request.</returns>
    /// <exception cref="ConnectorException">Kind <see cref="FailureKind.Credentials"/> when the source refuses the credentials.</exception>
    Task<AccountIdentity> CheckAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new AccountIdentity(null));

    /// <summary>Lists the options of a live menu (a form field with <c>x-options</c>).</summary>
    /// <param name="request">Which menu, and what the user has typed to search in it.</param>
    /// <param name="context">The HTTP client, the credentials and the settled details so far.</param>
    /// <param name="cancellationToken">Cancelled when the user leaves or the host's time limit passes.</param>
    /// <returns>The options in the order in which they are shown. The default implementation knows no menu and throws.</returns>
    /// <exception cref="ConnectorException">When the menu is unknown or the source cannot be read.</exception>
    Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, ConnectorContext context, CancellationToken cancellationToken) =>
        throw new ConnectorException(FailureKind.Connector, $"This connector has no menu \"{request.Menu}\".");

    /// <summary>
    /// Reads the records that the details ask for, page by page: an iterator simply loops over pages and <c>yield return</c>s each.
    /// The host reads a few batches ahead of its store and holds the iterator back when the store is slower.
    /// </summary>
    /// <param name="context">The HTTP client, credentials, details and, when resuming or reading incrementally, the state.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the run is; mark the parameter with <see cref="EnumeratorCancellationAttribute"/> and hand it to every call.
    /// </param>
    /// <returns>Batches whose columns agree; a batch without records still tells its columns.</returns>
    /// <exception cref="ConnectorException">When the source refuses or fails; what was committed before stays.</exception>
    IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Makes details that were saved for an earlier version of the details form fit the present one. Called when this package is to
    /// become active and before each run of a DataSet whose details nobody has saved since; only for packages whose
    /// <c>connector.json</c> says <c>detailsVersion</c> above 1. The same details always become the same: no clock, no source.
    /// </summary>
    /// <param name="details">The details as they were saved. They are not changed, so the earlier package can still use them.</param>
    /// <param name="fromVersion">The <c>detailsVersion</c> for which they were saved: at least 1, below the present one.</param>
    /// <returns>A JSON object for the present form, which the host settles and validates. The default implementation knows no earlier version and throws.</returns>
    /// <exception cref="ConnectorException">When nothing can be made of them; the message says which field the user must fill in.</exception>
    JsonElement MigrateDetails(JsonElement details, int fromVersion) =>
        throw new ConnectorException(FailureKind.Connector, $"This connector cannot migrate details of version {fromVersion}.");
}
