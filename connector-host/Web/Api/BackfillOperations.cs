using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Past ranges that are read into DataSets, slice by slice, by this server.</summary>
internal sealed class BackfillOperations(DataSetConfigurationStore dataSets, BackfillPlanning planning, BackfillControl control, BackfillStore backfills)
{
    private const string DataSetId = "The DataSet's id or name.";
    private const string Paused = "It was paused by the API.";

    private static readonly BackfillBody Year = new() { From = new DateOnly(2025, 1, 1), To = new DateOnly(2025, 12, 31), Slice = SliceUnit.Month };

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<BackfillOperations>();
        var group = api.MapGroup("/datasets/{dataSet}").WithTags("Backfills");
        int[] usual = [StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict];
        group.MapPost("/backfill-plan", operations.PlanAsync).Needs(Permission.Read).Is("planBackfill", "Tell what a backfill would read", "Changes nothing.").Example(Year).Fails(StatusCodes.Status404NotFound);
        group.MapPost("/backfills", operations.StartAsync)
            .Is("startBackfill", "Start a backfill", "Reads a past range, one run a slice, beside the live runs and without moving their state.")
            .Example(Year).Once().Fails(StatusCodes.Status404NotFound);
        group.MapGet("/backfill", operations.Show).Is("showBackfill", "Show the latest backfill of a DataSet", "With its slices.").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/backfill/pause", operations.Pause).Is("pauseBackfill", "Pause a backfill", "Once the slice that goes on has ended.").Fails(usual);
        group.MapPost("/backfill/resume", operations.Resume).Is("resumeBackfill", "Go on with a backfill", "That is paused, or whose process is gone.").Fails(usual);
        group.MapPost("/backfill/cancel", operations.Cancel).Is("cancelBackfill", "End a backfill for good", "With the slice that goes on; slices that are done stay.").Fails(usual);
        group.MapPost("/backfill/again", operations.Again)
            .Is("repeatSlice", "Run a slice of a backfill again").Example(new SliceBody(new DateOnly(2025, 3, 1))).Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
    }

    private async Task<Ok<BackfillView>> PlanAsync([Description(DataSetId)] string dataSet, JsonBody<BackfillBody> body, CancellationToken cancellationToken)
    {
        var plan = await planning.PlanAsync(dataSets.Get(dataSet), body.Value.ToRequest(), cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(BackfillView.Of(plan.Backfill, plan.Slices));
    }

    private async Task<Accepted<BackfillView>> StartAsync([Description(DataSetId)] string dataSet, JsonBody<BackfillBody> body, CancellationToken cancellationToken)
    {
        var stored = dataSets.Get(dataSet);
        var plan = await planning.PlanAsync(stored, body.Value.ToRequest(), cancellationToken).ConfigureAwait(false);
        control.Start(plan, here: false);
        return TypedResults.Accepted($"/api/v1/datasets/{stored.Id}/backfill", BackfillView.Of(plan.Backfill, plan.Slices));
    }

    private Ok<BackfillView> Show([Description(DataSetId)] string dataSet) => Answer(control.Last(dataSets.Get(dataSet)));

    private Ok<BackfillView> Pause([Description(DataSetId)] string dataSet) => Answer(control.Pause(dataSets.Get(dataSet), Paused));

    private Ok<BackfillView> Resume([Description(DataSetId)] string dataSet) => Answer(control.Resume(dataSets.Get(dataSet), here: false));

    private Ok<BackfillView> Cancel([Description(DataSetId)] string dataSet) => Answer(control.Cancel(dataSets.Get(dataSet)));

    private Ok<BackfillView> Again([Description(DataSetId)] string dataSet, JsonBody<SliceBody> body) => Answer(control.Again(dataSets.Get(dataSet), body.Value.From, here: false));

    private Ok<BackfillView> Answer(Backfill backfill) => TypedResults.Ok(BackfillView.Of(backfill, backfills.Slices(backfill.Id)));
}
