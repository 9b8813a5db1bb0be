using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Runs: what they did, and what people do about them.</summary>
internal sealed class RunOperations(RunStore runs, DataSetConfigurationStore dataSets, RunCorrections corrections)
{
    private const string RunId = "The run's id.";
    private const string DataSetId = "The DataSet's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<RunOperations>();
        var group = api.MapGroup("").WithTags("Runs");
        group.MapGet("/runs", operations.List).Is("listRuns", "List runs", "Those that were asked for last come first.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapGet("/runs/{run}", operations.Show).Is("showRun", "Show a run", "Its configuration, attempts, phases and counts.").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/runs/{run}/approve", operations.ApproveAsync)
            .Is("approveRun", "Approve a held run", "Publishes the records of a run that a safeguard holds.")
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        group.MapPost("/runs/{run}/reject", operations.RejectAsync)
            .Is("rejectRun", "Reject a held run", "Drops the records of a run that a safeguard holds; the next run reads them again.")
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        group.MapGet("/datasets/{dataSet}/undo", operations.UndoPreviewAsync)
            .Is("previewUndo", "Tell what an undo would take back")
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost("/datasets/{dataSet}/undo", operations.UndoAsync)
            .Is("undoRun", "Take the last run back", "Rows and state together; again for the run before. The undo is a run of its own.")
            .Once().Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private Ok<ListPage<RunView>> List(
        [AsParameters] PageQuery page,
        [Description("Only those of this DataSet: its id or name.")] string? dataSet,
        [Description("Only those in this state.")] Word<RunState>? state) =>
        TypedResults.Ok(page.Of(
            runs.Page(dataSet is null ? null : dataSets.Get(dataSet).Id, state?.Value, page.After, page.Count + 1),
            run => run.Id).Select(RunView.Of));

    private Ok<RunDetailView> Show([Description(RunId)] string run)
    {
        var record = Find(run);
        return TypedResults.Ok(new RunDetailView
        {
            Run = RunView.Of(record),
            Details = record.Details,
            Rules = RulesBody.Of(record.Rules),
            Phases = [.. PhaseTime.Of(record).Select(phase => new PhaseTimeView(phase.Attempt, phase.Phase, phase.BeganAt, phase.EndedAt))],
            FailedAttempts = [.. record.Tries.Select(FailedTryView.Of)],
        });
    }

    private async Task<Ok<RunView>> ApproveAsync([Description(RunId)] string run, CancellationToken cancellationToken)
    {
        var (dataSet, held) = Held(run);
        return TypedResults.Ok(RunView.Of(await corrections.ApproveAsync(dataSet, held, cancellationToken).ConfigureAwait(false)));
    }

    private async Task<Ok<RunView>> RejectAsync([Description(RunId)] string run, CancellationToken cancellationToken)
    {
        var (dataSet, held) = Held(run);
        return TypedResults.Ok(RunView.Of(await corrections.RejectAsync(dataSet, held, cancellationToken).ConfigureAwait(false)));
    }

    private async Task<Ok<UndoPreviewView>> UndoPreviewAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken)
    {
        var last = await corrections.LastRunAsync(dataSets.Get(dataSet), cancellationToken).ConfigureAwait(false);
        var changed = last.Commits.Sum(commit => commit.RowsChanged);
        return TypedResults.Ok(new UndoPreviewView
        {
            Run = last.RunId,
            RowsAdded = last.Commits.Sum(commit => commit.RowsWritten) - changed,
            RowsChanged = changed,
            RowsRemoved = last.Commits.Sum(commit => commit.RowsRemoved),
        });
    }

    private async Task<Ok<RunView>> UndoAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken)
    {
        var configuration = dataSets.Get(dataSet);
        var last = await corrections.LastRunAsync(configuration, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(RunView.Of(await corrections.UndoAsync(configuration, last, cancellationToken).ConfigureAwait(false)));
    }

    private (DataSetConfiguration DataSet, RunRecord Held) Held(string run)
    {
        var record = Find(run);
        return record.State == RunState.Held
            ? (dataSets.Get(record.DataSetId), record)
            : throw new PlatformException(PlatformFault.Input, $"The run {run} does not wait for approval.");
    }

    private RunRecord Find(string run) => runs.Find(run) ?? throw new PlatformException(PlatformFault.NotFound, $"There is no run \"{run}\"; old runs are removed after a time.");
}
