using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Records that could not be stored, and rows that wait for approval.</summary>
internal sealed class QuarantineOperations(DataSetConfigurationStore dataSets, DataSetFiles files, RunCorrections corrections)
{
    private const string DataSetId = "The DataSet's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<QuarantineOperations>();
        var group = api.MapGroup("/datasets/{dataSet}").WithTags("Quarantine and approvals");
        group.MapGet("/quarantine", operations.ListAsync)
            .Is("listQuarantine", "List the records that could not be stored", "The oldest first, as many as limit says.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost("/quarantine/replay", operations.ReplayAsync)
            .Is("replayQuarantine", "Store what can be stored now", "By the DataSet's present rules. The replay is a run of its own.").Once().Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/quarantine", operations.DiscardAsync)
            .Is("discardQuarantine", "Forget the records for ever").Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        group.MapGet("/held-rows", operations.HeldAsync)
            .Is("readHeldRows", "Read the rows of the run that waits for approval").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private async Task<Ok<QuarantineView>> ListAsync([Description(DataSetId)] string dataSet, [Description("The most records to return; 50 by default.")] int? limit, CancellationToken cancellationToken)
    {
        var count = new PageQuery { Limit = limit }.Count;
        using var lease = await files.OpenAsync(dataSets.Get(dataSet).Id, cancellationToken).ConfigureAwait(false);
        var (rows, total) = lease.Reader.Quarantine(count);
        return TypedResults.Ok(new QuarantineView(
            total,
            [
                .. rows.Select(row => new QuarantinedRecordView
                {
                    Number = row.Number,
                    Run = row.RunId,
                    ReadAt = row.ReadAt,
                    Reason = row.Reason,
                    Values = row.Values.ToDictionary(),
                }),
            ]));
    }

    private async Task<Ok<RunView>> ReplayAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken) =>
        TypedResults.Ok(RunView.Of(await corrections.ReplayAsync(dataSets.Get(dataSet), cancellationToken).ConfigureAwait(false)));

    private async Task<Ok<DiscardedView>> DiscardAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken) =>
        TypedResults.Ok(new DiscardedView(await corrections.DiscardQuarantineAsync(dataSets.Get(dataSet), cancellationToken).ConfigureAwait(false)));

    private async Task<Ok<RowsView>> HeldAsync([Description(DataSetId)] string dataSet, [AsParameters] PageQuery page, CancellationToken cancellationToken)
    {
        using var lease = await files.OpenAsync(dataSets.Get(dataSet).Id, cancellationToken).ConfigureAwait(false);
        var held = lease.Reader.HeldPage(page.Offset, page.Count);
        return TypedResults.Ok(new RowsView
        {
            Columns = [.. held.Columns.Select(ColumnView.Of)],
            Items = RowValue.Of(held.Rows, held.Columns),
            Total = held.Total,
            Matching = held.Total,
            Next = page.At(held.Rows, held.Total).Next,
        });
    }
}
