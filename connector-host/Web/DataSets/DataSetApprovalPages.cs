using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>What waits for a person: a run that a safeguard holds, and records that could not be stored.</summary>
internal sealed class DataSetApprovalPages(SiteRenderer site, DataSetHeader header, DataSetFiles files, RunStore runs, RunCorrections corrections)
{
    private const int RowsShown = 50;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetApprovalPages>();
        server.MapMethods("/datasets/{id}/approvals", Pages.Reading, pages.ShowAsync);
        server.MapPost("/datasets/{id}/approve", (HttpContext context, string id, CancellationToken cancellationToken) => pages.SettleAsync(context, id, isApproved: true, cancellationToken));
        server.MapPost("/datasets/{id}/reject", (HttpContext context, string id, CancellationToken cancellationToken) => pages.SettleAsync(context, id, isApproved: false, cancellationToken));
        server.MapPost("/datasets/{id}/quarantine/replay", pages.ReplayAsync);
        server.MapPost("/datasets/{id}/quarantine/discard", pages.DiscardAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        var held = runs.HeldOf(dataSet.Id);
        var (quarantine, total) = lease.Reader.Quarantine(RowsShown);
        return site.Page(context, header.Page(dataSet, "approvals", "dataset-approvals", new
        {
            dataSet.Id,
            Held = held is null ? null : Held(dataSet, held, lease.Reader),
            Quarantine = quarantine.Select(row => new
            {
                row.Number,
                row.RunId,
                row.ReadAt,
                row.Reason,
                Values = row.Values.Select(value => new { Name = value.Key, Value = RowsView.Cell(value.Value) }).ToList(),
            }).ToList(),
            Total = Words.Count(total, "record"),
            IsCut = total > quarantine.Count,
            quarantine.Count,
        }));
    }

    private static object Held(DataSetConfiguration dataSet, RunRecord held, DataSetReader reader)
    {
        var kept = reader.Held();
        var page = reader.HeldPage(0, RowsShown);
        var reasons = kept?.Reasons ?? held.Warnings;
        return new
        {
            Run = RunView.Of(held, dataSet.Name),
            Reasons = reasons,
            Changes = kept is null || kept.Arrival.Columns.Count == 0 ? [] : ColumnMerge.Of(reader.Columns(), kept.Arrival.Columns).Changes.Select(change => change.ToString()).Except(reasons).ToList(),
            Rows = Words.Count(page.Total, "row"),
            Now = Words.Count(reader.Count(), "row"),
            Table = RowsView.Of(page.Columns, page.Rows, "Rows that wait"),
            HasRows = page.Rows.Count > 0,
        };
    }

    private async Task<IResult> SettleAsync(HttpContext context, string id, bool isApproved, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var held = corrections.HeldRun(dataSet);
        if (isApproved)
        {
            var approved = await corrections.ApproveAsync(dataSet, held, cancellationToken).ConfigureAwait(false);
            return site.Redirect(context, $"/datasets/{id}/data", $"The run is published: {Words.Count(approved.Counts.RowsWritten, "row")} stored.");
        }

        await corrections.RejectAsync(dataSet, held, cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, $"/datasets/{id}/history", "The run is rejected; the DataSet stays as it was.");
    }

    private async Task<IResult> ReplayAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var run = await corrections.ReplayAsync(header.Get(id), cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, $"/runs/{run.Id}", run.IsSuccess ? $"{Words.Count(run.Counts.RowsWritten, "record")} could be stored now." : null);
    }

    private async Task<IResult> DiscardAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var count = await corrections.DiscardQuarantineAsync(header.Get(id), cancellationToken).ConfigureAwait(false);
        return site.Redirect(context, $"/datasets/{id}/approvals", $"{Words.Count(count, "record")} forgotten.");
    }
}
