using System.Runtime.CompilerServices;
using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Reads analytics of Bitlinks and groups from the Bitly API v4.</summary>
public sealed class BitlyConnector : IConnector
{
    public async Task<AccountIdentity> CheckAsync(ConnectorContext context, CancellationToken cancellationToken)
    {
        var user = await new BitlyApi(context).GetAsync<User>("user", BitlyApi.OwnUser, cancellationToken);
        return new AccountIdentity(string.IsNullOrWhiteSpace(user.Name) ? user.Login : user.Name);
    }

    public Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, ConnectorContext context, CancellationToken cancellationToken) =>
        new Menus(context).ReadAsync(request, cancellationToken);

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new ReportRun(context);
        await foreach (var batch in new Reading(run, ReportCatalog.Find(run.Details.Report)).ReadAsync(cancellationToken))
        {
            yield return batch;
        }
    }
}
