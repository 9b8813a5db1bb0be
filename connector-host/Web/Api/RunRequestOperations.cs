using System.ComponentModel;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Runs that are asked for, cancelled and looked into while they go on.</summary>
internal sealed class RunRequestOperations(
    RunRequests requests, RunStore runs, RunEngine engine, DataSetConfigurationStore dataSets, DataSetSetup setup, PreviewRun preview, ConnectorCatalog catalog, AccountLookup accounts,
    Access access)
{
    private const string RunId = "The run's id.";
    private const string DataSetId = "The DataSet's id or name.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<RunRequestOperations>();
        var group = api.MapGroup("").WithTags("Runs");
        group.MapPost("/datasets/{dataSet}/runs", operations.StartAsync)
            .Is("startRun", "Run a DataSet now", "Answers at once; while another run goes on, the run waits for its turn.")
            .Once().Fails(StatusCodes.Status404NotFound);
        group.MapPost("/runs/{run}/cancel", operations.Cancel)
            .Is("cancelRun", "Cancel a run", "In whatever process it goes on. What it has committed stays.")
            .Fails(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        group.MapPost("/runs/cancel-waiting", operations.CancelWaiting)
            .Is("cancelWaitingRuns", "Cancel every run that waits", "Those that you may cancel, in whatever process they wait. What goes on goes on.");
        group.MapGet("/runs/{run}/log", operations.Log).Is("readLog", "Read the log of a run", "Oldest first; also while it goes on.").Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPost("/previews", operations.PreviewAsync)
            .Is("preview", "Look at the first rows before a DataSet is saved", "Reads from the source and keeps nothing.")
            .Example(new PreviewBody { Connector = "hello", Account = "sample" }).Fails(StatusCodes.Status404NotFound);
    }

    private async Task<Accepted<RunView>> StartAsync([Description(DataSetId)] string dataSet)
    {
        var run = await requests.StartAsync(dataSets.Get(dataSet)).ConfigureAwait(false);
        return TypedResults.Accepted($"/api/v1/runs/{run.Id}", RunView.Of(run));
    }

    private Accepted<RunView> Cancel([Description(RunId)] string run)
    {
        requests.Cancel(run);
        return TypedResults.Accepted($"/api/v1/runs/{run}", RunView.Of(Find(run)));
    }

    private Ok<CancelledRunsView> CancelWaiting(HttpContext context) =>
        TypedResults.Ok(new CancelledRunsView(requests.CancelWaiting(id => context.Caller().MayEdit(access, id))));

    private Ok<ListPage<LogLineView>> Log(
        [Description(RunId)] string run, [AsParameters] PageQuery page, [Description("Only lines with this text.")] string? search)
    {
        var lines = RunLogFile.Read(engine.LogOf(Find(run).Id))
            .Where(line => search is null || line.Message.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Skip((int)page.Offset).Take(page.Count + 1)
            .Select(line => new LogLineView(line.At, line.Level, line.Message)).ToList();
        return TypedResults.Ok(page.At([.. lines.Take(page.Count)], page.Offset + lines.Count));
    }

    private async Task<Ok<PreviewView>> PreviewAsync(JsonBody<PreviewBody> body, CancellationToken cancellationToken)
    {
        var package = catalog.Find(body.Value.Connector);
        var details = setup.SettleDetails(package, body.Value.Details ?? AccountLookup.NoDetails);
        var seen = await preview.RunAsync(package, accounts.Choose(body.Value.Account), details, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new PreviewView
        {
            Columns = [.. seen.Columns.Select(ColumnView.Of)],
            Rows = RowValue.Of(seen.Rows, seen.Columns),
            IsCut = seen.IsCut,
            Requests = seen.Run.Counts.Requests,
            Warnings = seen.Run.Warnings,
            Failure = seen.Run.Failure is { } failure ? new RunFailureView(failure.Kind, failure.Message, failure.WhoActs) : null,
        });
    }

    private RunRecord Find(string run) => runs.Find(run) ?? throw new PlatformException(PlatformFault.NotFound, $"There is no run \"{run}\"; old runs are removed after a time.");
}
