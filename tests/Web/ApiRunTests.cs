using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiRunTests : IAsyncLifetime
{
    private ApiClient _api = null!;
    private string _dataSet = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiClient.StartAsync();
        _dataSet = $"/datasets/{(await _api.PostAsync("/datasets", new { name = "Greetings", connector = "hello" })).Is(201)["id"]}";
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_run_is_started_followed_read_and_taken_back()
    {
        var started = (await _api.PostAsync($"{_dataSet}/runs")).Is(202);
        var path = started.Location!["/api/v1".Length..];
        var ended = await EndOfAsync(path);

        Assert.Equal("succeeded", ended.GetProperty("run").GetProperty("state").GetString());
        Assert.NotEmpty(ended.GetProperty("phases").EnumerateArray());
        (await _api.GetAsync($"{path}/log?limit=1&search=e")).Is(200);
        (await _api.PostAsync($"{path}/cancel")).Is(409);
        Assert.Equal(started["id"], (await _api.GetAsync($"/runs?dataSet=Greetings&state=succeeded")).Is(200).Json.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal("250", (await _api.GetAsync($"{_dataSet}/undo")).Is(200)["rowsAdded"]);
        Assert.Equal("undo", (await _api.PostAsync($"{_dataSet}/undo")).Is(200)["trigger"]);
        (await _api.GetAsync($"{_dataSet}/undo")).Is(400);
        Assert.Contains("connector_platform_runs_total", await _api.Site.GetAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_run_is_looked_at_and_approved_or_rejected()
    {
        await CommitAnotherColumnAsync();
        (await _api.SendAsync("PATCH", _dataSet, new { rules = new { safeguards = new { addedColumns = "hold" } } }, ("If-Match", "*"))).Is(200);
        await _api.Site.Part<RunEngine>().RunAsync(Stored(), RunTrigger.Manual, Cancellation);
        var runs = (await _api.GetAsync("/runs?state=held")).Is(200).Json.GetProperty("items");
        var held = runs[0].GetProperty("id").GetString();
        Assert.NotEmpty((await _api.GetAsync($"{_dataSet}/held-rows?limit=5")).Is(200).Json.GetProperty("items").EnumerateArray());
        Assert.Contains("approval", (await _api.PostAsync($"{_dataSet}/runs")).Is(409)["detail"], StringComparison.Ordinal);
        Assert.Equal("succeededWithWarnings", (await _api.PostAsync($"/runs/{held}/approve")).Is(200)["state"]);
        (await _api.PostAsync($"/runs/{held}/reject")).Is(400);
    }

    [Fact]
    public async Task The_quarantine_is_shown_replayed_and_emptied()
    {
        await EndOfAsync((await _api.PostAsync($"{_dataSet}/runs")).Is(202).Location!["/api/v1".Length..]);

        Assert.Equal("0", (await _api.GetAsync($"{_dataSet}/quarantine?limit=5")).Is(200)["total"]);
        Assert.Equal("replay", (await _api.PostAsync($"{_dataSet}/quarantine/replay")).Is(200)["trigger"]);
        Assert.Equal("0", (await _api.DeleteAsync($"{_dataSet}/quarantine")).Is(200)["discarded"]);
    }

    [Fact]
    public async Task A_list_of_250_runs_is_paged_newest_first()
    {
        var store = _api.Site.Part<RunStore>();
        var engine = _api.Site.Part<RunEngine>();
        var ids = new List<string>();
        for (var i = 0; i < 250; i++)
        {
            var run = engine.Begin(Stored(), RunTrigger.Manual, "1.0.0") with { State = RunState.Succeeded, Phase = RunPhase.Ended };
            store.Add(run);
            ids.Add(run.Id);
        }

        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal), (await _api.ReadAllAsync("/runs", limit: 99)).Select(item => item.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task What_is_not_there_is_told()
    {
        (await _api.GetAsync("/runs/nothing")).Is(404);
        (await _api.PostAsync("/runs/nothing/cancel")).Is(404);
        (await _api.GetAsync("/runs/nothing/log")).Is(404);
        (await _api.PostAsync("/datasets/nothing/runs")).Is(404);
        (await _api.GetAsync("/runs?dataSet=nothing")).Is(404);
    }

    private DataSetConfiguration Stored() => _api.Site.Part<DataSetConfigurationStore>().Get("Greetings");

    private async Task CommitAnotherColumnAsync()
    {
        using var lease = await _api.Site.Part<DataSetFiles>().OpenAsync(Stored().Id, Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = "a-run-of-the-past",
            Fence = _api.Site.Part<DataSetConfigurationStore>().NextFence(Stored().Id),
            UpdateMethod = UpdateMethod.Replace,
            Time = TimeProvider.System,
        });
        writer.Append(new ConnectorContext { Http = _api.Site.Http }.BatchOfRows([new("another", ColumnType.String)], [["column"]]));
        writer.Commit(isFinal: true);
    }

    private async Task<JsonElement> EndOfAsync(string path)
    {
        while (true)
        {
            var run = (await _api.GetAsync(path)).Is(200).Json;
            if (run.GetProperty("run").GetProperty("endedAt").ValueKind != JsonValueKind.Null)
            {
                return run;
            }
        }
    }
}
