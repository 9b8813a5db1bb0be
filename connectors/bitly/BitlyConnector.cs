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

    public async Task<IReadOnlyList<MenuOption>> GetMenuAsync(
        MenuRequest request, ConnectorContext context, CancellationToken cancellationToken)
    {
        if (request.Menu != "groups")
        {
            throw new ConnectorException(FailureKind.Connector, $"Bitly has no menu \"{request.Menu}\".");
        }

        var reply = await new BitlyApi(context).GetAsync<GroupsReply>("groups", "the account's groups", cancellationToken);
        return
        [
            .. (reply.Groups ?? [])
                .Where(group => group.Label.Contains(request.Search ?? "", StringComparison.OrdinalIgnoreCase))
                .OrderBy(group => group.Label, StringComparer.OrdinalIgnoreCase)
                .Select(group => new MenuOption(group.Guid, group.Label)),
        ];
    }

    public async IAsyncEnumerable<RecordBatch> ReadAsync(
        ConnectorContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var run = new ReportRun(context);
        var report = ReportCatalog.Find(run.Details.Report);
        var subject = await run.FindAsync(report.Scope, cancellationToken);
        await foreach (var batch in report.ReadAsync(run, subject, cancellationToken))
        {
            yield return batch;
        }
    }
}
