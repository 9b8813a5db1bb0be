using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Runs;

/// <summary>One run: how far it is, its attempts and phases, its log, its configuration, and the run before.</summary>
internal sealed class RunPages(SiteRenderer site, RunStore runs, RunFeed feed, RunEngine engine, DataSetConfigurationStore dataSets, DataSetDifferences differences, EventStream stream)
{
    private const int LinesShown = 500;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<RunPages>();
        server.MapMethods("/runs/{id}", Pages.Reading, pages.Show);
        server.MapGet("/runs/{id}/live", pages.Live);
        server.MapMethods("/runs/{id}/log.jsonl", Pages.Reading, pages.Log);
    }

    private IResult Show(HttpContext context, string id)
    {
        var run = Get(id);
        var dataSet = NameOf(run);
        var (search, level) = (context.Request.Query["search"].ToString(), context.Request.Query["level"].ToString());
        var lines = RunLogFile.Read(engine.LogOf(id))
            .Where(line => (level is not ("warn" or "error") || line.Level == level) && line.Message.Contains(search, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return site.Page(context, new PageView("run", $"Run of {dataSet}", new
        {
            Progress = Progress(run),
            run.IsEnded,
            Id = id,
            Search = search,
            Level = level,
            Lines = lines.TakeLast(LinesShown).Select(line => new { At = line.At?.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "", line.Level, Tone = line.Level switch { "error" => "bad", "warn" => "doubtful", _ => "quiet" }, line.Message }).ToList(),
            LeftOut = Math.Max(0, lines.Count - LinesShown),
            Details = VisibleJson.Of(JsonSerializer.Serialize(run.Details, Indented)),
            UpdateMethod = run.UpdateMethod.ToString(),
            run.ConnectorVersion,
            Rules = VisibleJson.Of(run.Rules.ToJson()),
            Before = Before(run),
        })
        {
            Crumbs = [new Crumb("Data Center", "/"), new Crumb(dataSet, $"/datasets/{run.DataSetId}"), new Crumb("History", $"/datasets/{run.DataSetId}/history")],
            Section = "runs",
        });
    }

    private IResult Live(HttpContext context, string id)
    {
        _ = Get(id);
        return stream.Of(context, cancellationToken => ProgressAsync(context, id, cancellationToken));
    }

    private async IAsyncEnumerable<SseItem<string>> ProgressAsync(HttpContext context, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var _ in feed.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (runs.Find(id) is not { } run)
            {
                break;
            }

            yield return new SseItem<string>(site.PartText(context, "run-progress", Progress(run)));
            if (run.IsEnded)
            {
                break;
            }
        }

        yield return new SseItem<string>("", EventStream.End);
    }

    private IResult Log(string id)
    {
        _ = Get(id);
        var path = engine.LogOf(id);
        return File.Exists(path)
            ? Results.File(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), "application/jsonl; charset=utf-8", $"run-{id}.jsonl")
            : throw new PlatformException(PlatformFault.NotFound, "The run has written no log, or it is no longer kept.");
    }

    private object Progress(RunRecord run) => RunView.Progress(run, NameOf(run));

    /// <summary>What differs from the run before; null for the first one.</summary>
    private object? Before(RunRecord run)
    {
        var before = runs.Before(run);
        return before is null ? null : new
        {
            before.Id,
            Rows = (List<object>)
            [
                Compare("Result", Words.Of(before.State), Words.Of(run.State)),
                Compare("Duration", RunView.Took(before), RunView.Took(run)),
                Compare("Rows read", Words.Count(before.Counts.RowsRead), Words.Count(run.Counts.RowsRead)),
                Compare("Rows stored", Words.Count(before.Counts.RowsWritten), Words.Count(run.Counts.RowsWritten)),
                Compare("Rows removed", Words.Count(before.Counts.RowsRemoved), Words.Count(run.Counts.RowsRemoved)),
                Compare("Requests", Words.Count(before.Counts.Requests), Words.Count(run.Counts.Requests)),
                Compare("Received", Words.Size(before.Counts.BytesReceived), Words.Size(run.Counts.BytesReceived)),
                Compare("Connector version", before.ConnectorVersion, run.ConnectorVersion),
                Compare("Update method", before.UpdateMethod.ToString(), run.UpdateMethod.ToString()),
                .. dataSets.Find(run.DataSetId) is { } dataSet
                    ? differences.OfDetails(dataSet.Connector, before.Details, run.Details).Select(change => Compare(change.Field, change.Before ?? "nothing", change.After ?? "nothing"))
                    : [],
            ],
        };
    }

    private static object Compare(string what, string before, string now) => new { What = what, Before = before, Now = now, IsSame = before == now };

    private RunRecord Get(string id) => runs.Find(id) ?? throw new PlatformException(PlatformFault.NotFound, "There is no such run; old ones are removed after a while.");

    private string NameOf(RunRecord run) => dataSets.Find(run.DataSetId)?.Name ?? "a deleted DataSet";
}
