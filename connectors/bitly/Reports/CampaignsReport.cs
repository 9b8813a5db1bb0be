using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A group's campaigns.</summary>
internal sealed class CampaignsReport() : Report(Scope.Group)
{
    public static async Task<IReadOnlyList<CampaignsReply.Campaign>> FetchAsync(BitlyApi api, Subject group, CancellationToken cancellationToken) =>
        (await api.GetAsync<CampaignsReply>($"campaigns?group_guid={Uri.EscapeDataString(group.Id)}", $"the campaigns of {group.Name}", cancellationToken)).Campaigns ?? [];

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var campaigns = await FetchAsync(run.Api, subject, cancellationToken);
        run.Step();
        yield return run.Context.Batch(campaigns);
    }
}
