using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>A list of a group that Bitly gives in one reply.</summary>
/// <param name="name">The list's address, and how it is called in messages.</param>
/// <param name="read">The reply's entries, which are the rows.</param>
internal sealed class WholeListReport<TReply, TRow>(string name, Func<TReply, IReadOnlyList<TRow>?> read) : Report(Scope.Group)
{
    public async Task<IReadOnlyList<TRow>> FetchAsync(BitlyApi api, Subject group, CancellationToken cancellationToken) =>
        read(await api.GetAsync<TReply>($"{name}?group_guid={Uri.EscapeDataString(group.Id)}", $"the {name} of {group.Name}", cancellationToken)) ?? [];

    public override async IAsyncEnumerable<RecordBatch> ReadAsync(
        ReportRun run, Subject subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = await FetchAsync(run.Api, subject, cancellationToken);
        run.Step();
        yield return run.Context.Batch(rows);
    }
}
