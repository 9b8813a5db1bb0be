using System.Globalization;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>The runs of a DataSet, and the way back.</summary>
internal sealed class DataSetHistoryPages(SiteRenderer site, DataSetHeader header, RunStore runs, RunCorrections corrections)
{
    private const int RunsShown = 50;
    private const int MostShown = 1_000;
    private const int RunsDrawn = 60;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetHistoryPages>();
        server.MapMethods("/datasets/{id}/history", Pages.Reading, pages.Show);
        server.MapPost("/datasets/{id}/undo", pages.UndoAsync);
    }

    private IResult Show(HttpContext context, string id)
    {
        var dataSet = header.Get(id);
        var limit = int.TryParse(context.Request.Query["limit"], CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, RunsShown, MostShown) : RunsShown;
        var list = runs.Of(dataSet.Id, limit + 1);
        var shown = list.Take(limit).ToList();
        var ended = RunView.Judged(shown);
        var undoable = Undoable(shown, dataSet.Rules.UndoRuns);
        return site.Page(context, header.Page(dataSet, "history", "dataset-history", new
        {
            dataSet.Id,
            Runs = shown.Select(run => RunView.Of(run, dataSet.Name)).ToList(),
            SuccessRate = RunView.SuccessRate(ended),
            Average = ended.Count == 0 ? "–" : Words.Duration(TimeSpan.FromTicks((long)ended.Average(run => (run.EndedAt!.Value - run.StartedAt).Ticks))),
            LastSuccess = shown.FirstOrDefault(run => run.IsSuccess)?.EndedAt,
            Timeline = Timeline([.. ended.Take(RunsDrawn).Reverse()]),
            Undoable = Enumerable.Range(1, undoable).Select(count => new { Count = count, Text = count == 1 ? "the last run" : $"the last {count} runs" }).ToList(),
            More = list.Count > limit && limit < MostShown ? Math.Min(limit * 2, MostShown) : 0,
        }));
    }

    private async Task<IResult> UndoAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        if (!int.TryParse(form["count"], CultureInfo.InvariantCulture, out var count) || count < 1 || count > dataSet.Rules.UndoRuns)
        {
            throw new PlatformException(PlatformFault.Input, $"Between 1 and {dataSet.Rules.UndoRuns} runs of this DataSet can be undone.");
        }

        for (var undone = 0; undone < count; undone++)
        {
            var last = await corrections.LastRunAsync(dataSet, cancellationToken).ConfigureAwait(false);
            var undo = await corrections.UndoAsync(dataSet, last, cancellationToken).ConfigureAwait(false);
            if (!undo.IsSuccess)
            {
                throw new PlatformException(PlatformFault.Busy, $"{Words.Count(undone, "run")} were undone; the next could not be: {undo.Failure?.Message}");
            }
        }

        return site.Redirect(context, $"/datasets/{id}/history", count == 1 ? "The last run is undone." : $"The last {count} runs are undone.");
    }

    // What moved no rows is passed over by an undo.
    private static int Undoable(IEnumerable<RunRecord> shown, int kept) => Math.Min(kept, shown.Count(run =>
        run.Trigger != RunTrigger.Undo && run.UndoneBy is null && (run.IsSuccess || run.Counts.RowsWritten > 0 || run.Counts.RowsRemoved > 0)));

    private static List<object> Timeline(IReadOnlyList<RunRecord> ended)
    {
        var longest = ended.Select(Seconds).DefaultIfEmpty().Max();
        return [.. ended.Select(run =>
        {
            // The shortest is to be seen too.
            var height = longest <= 0 ? 100 : Math.Max(8, Seconds(run) / longest * 100);
            return (object)new
            {
                Tone = Words.Tone(run.State),
                Top = (100 - height).ToString("0.#", CultureInfo.InvariantCulture),
                Height = height.ToString("0.#", CultureInfo.InvariantCulture),
                Label = $"{Words.Of(run.State)}, {RunView.Took(run)}, {run.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}",
            };
        })];
    }

    private static double Seconds(RunRecord run) => (run.EndedAt!.Value - run.StartedAt).TotalSeconds;
}
