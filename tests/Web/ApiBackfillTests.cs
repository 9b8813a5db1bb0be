using System.Globalization;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Web;

/// <summary>Backfills by the API; the server itself runs them.</summary>
public sealed class ApiBackfillTests : IAsyncLifetime
{
    private static readonly object March = new { from = "2025-03-01", to = "2025-03-03", slice = "day", budget = new { requests = 50, perSeconds = 60 } };

    private ApiClient _api = null!;
    private LoopbackSource _source = null!;
    private string _dataSet = "";

    public async ValueTask InitializeAsync()
    {
        _source = await LoopbackSource.StartAsync(context => context.Response.WriteAsJsonAsync(
            new { sales = new[] { new { id = int.Parse(context.Request.Query["day"].ToString()[8..], CultureInfo.InvariantCulture), day = context.Request.Query["day"].ToString(), text = "A sale" } } }, context.RequestAborted));
        _api = await ApiClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Configuration["Connectors:dated:BaseAddress"] = _source.Address.ToString();
            return server;
        });
        await DropInAsync(Repository.PathOf("artifacts", "test-plugins", "dated", "1.0.0"));
        var account = (await _api.PostAsync("/accounts", new { name = "Sales", connector = "dated", credentials = new { }, check = false })).Is(201)["id"];
        _dataSet = $"/datasets/{(await _api.PostAsync("/datasets", new { name = "Sales", connector = "dated", account, updateMethod = "append", details = new { by_shop = false } })).Is(201)["id"]}";
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task A_backfill_is_planned_started_followed_and_never_started_twice()
    {
        Assert.Equal(3, (await _api.PostAsync($"{_dataSet}/backfill-plan", March)).Is(200).Json.GetProperty("slices").GetArrayLength());
        (await _api.GetAsync($"{_dataSet}/backfill")).Is(404);

        var started = (await _api.PostAsync($"{_dataSet}/backfills", March, ("Idempotency-Key", "march"))).Is(202);
        Assert.Equal(started["id"], (await _api.PostAsync($"{_dataSet}/backfills", March, ("Idempotency-Key", "march"))).Is(202)["id"]);
        await BackfillBench.UntilAsync(() => _api.Site.Part<BackfillStore>().Find(started["id"])!.State == BackfillState.Done);

        var done = (await _api.GetAsync($"{_dataSet}/backfill")).Is(200);
        Assert.Equal("done", done["state"]);
        Assert.All(done.Json.GetProperty("slices").EnumerateArray(), slice => Assert.Equal(("done", 1), (slice.GetProperty("state").GetString(), slice.GetProperty("rows").GetInt32())));
        Assert.Contains("would add them a second time", (await _api.PostAsync($"{_dataSet}/backfill/again", new { from = "2025-03-02" })).Is(400).Text, StringComparison.Ordinal);
        foreach (var action in new[] { "pause", "cancel" })
        {
            Assert.Contains("it is Done", (await _api.PostAsync($"{_dataSet}/backfill/{action}")).Is(400).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{ "from": "2025-03-02", "to": "2025-03-01", "slice": "day" }""", "before it begins")]
    [InlineData("""{ "from": "2025-03-01", "to": "2999-03-01", "slice": "day" }""", "reads the past")]
    [InlineData("""{ "from": "March", "to": "2025-03-01", "slice": "day" }""", "/from")]
    [InlineData("""{ "from": "2025-03-01", "to": "2025-03-02", "slice": "day", "budget": { "requests": 0, "perSeconds": 1 } }""", "budget has")]
    public async Task A_backfill_that_cannot_be_is_refused_with_the_reason(string body, string words) =>
        Assert.Contains(words, (await _api.PostAsync($"{_dataSet}/backfills", body)).Is(400).Text, StringComparison.Ordinal);

    private async Task DropInAsync(string package)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_api.Site.Part<ConnectorSettings>().DropIn(_api.Site.DataFolder), "dated"));
        foreach (var file in Directory.EnumerateFiles(package))
        {
            File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
        }

        await BackfillBench.UntilAsync(() => _api.Site.Part<ConnectorCatalog>().Packages.Any(known => known.Manifest.Id == "dated"));
    }
}
