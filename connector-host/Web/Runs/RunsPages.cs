using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Runs;

/// <summary>The board of runs: those that go on or wait, live, and those that ended last.</summary>
internal sealed class RunsPages(SiteRenderer site, RunStore runs, RunFeed feed, RunRequests requests, DataSetConfigurationStore dataSets, Access access, EventStream stream)
{
    private const int EndedShown = 25;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<RunsPages>();
        server.MapMethods("/runs", Pages.Reading, pages.Show);
        server.MapGet("/runs/live", pages.Live);
        server.MapPost("/runs/{id}/cancel", pages.CancelAsync);
        server.MapPost("/runs/cancel-waiting", pages.CancelWaiting);
        RunPages.Map(server);
    }

    private IResult Show(HttpContext context) => site.Page(context, new PageView("runs", "Runs", new { Board = Board(context, runs.Unfinished()) }) { Section = "runs" });

    private IResult Live(HttpContext context) => stream.Of(context, cancellationToken => BoardsAsync(context, cancellationToken));

    private async IAsyncEnumerable<SseItem<string>> BoardsAsync(HttpContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var going in feed.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new SseItem<string>(site.PartText(context, "runs-board", Board(context, going)));
        }
    }

    private async Task<IResult> CancelAsync(HttpContext context, string id)
    {
        requests.Cancel(id);
        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        return site.Redirect(context, form["return"] == "run" ? $"/runs/{id}" : "/runs", "The run was asked to end; what it has stored stays.");
    }

    private IResult CancelWaiting(HttpContext context) =>
        site.Redirect(context, "/runs", $"{Words.Count(requests.CancelWaiting(id => context.Caller().MayEdit(access, id)), "waiting run")} asked to end; what goes on goes on.");

    private object Board(HttpContext context, IReadOnlyList<RunRecord> going)
    {
        // The feed tells of all runs; what the viewer does not see has no name.
        var names = new Dictionary<string, string?>();
        going = [.. going.Where(run => NameOf(run) is not null)];
        return new
        {
            MayCancelSeveral = going.Count(run => run.State == RunState.Queued && context.Caller().MayEdit(access, run.DataSetId)) > 1,
            Running = going.Where(run => run.State == RunState.Running).OrderBy(run => run.StartedAt).Select(run => View(run, context.Caller().MayEdit(access, run.DataSetId))).ToList(),
            Queued = going.Where(run => run.State == RunState.Queued).OrderBy(run => run.StartedAt).Select(run => View(run, context.Caller().MayEdit(access, run.DataSetId))).ToList(),
            Ended = runs.Ended(EndedShown).OrderByDescending(run => run.EndedAt).Select(run => View(run, mayCancel: false)).ToList(),
        };

        string? NameOf(RunRecord run) => names.TryGetValue(run.DataSetId, out var name) ? name : names[run.DataSetId] = dataSets.FindById(run.DataSetId)?.Name;
        object View(RunRecord run, bool mayCancel) => RunView.Of(run, NameOf(run) ?? "a deleted DataSet", mayCancel);
    }
}
