using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>A slow run, a query and a download, as somebody sees them in a browser.</summary>
public sealed class RunInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly SemaphoreSlim _pages = new(0);
    private GreetingSource _source = null!;
    private SiteClient _site = null!;
    private DataSetConfiguration _dataSet = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        (_source.Greetings, _source.PageSize) = (1_000, 100);
        _source.Instead = async context =>
        {
            await _pages.WaitAsync(context.RequestAborted);
            return false;
        };
        _site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Configuration["Connectors:hello:BaseAddress"] = _source.Address.ToString();
            return server;
        });
        var account = _site.Part<AccountStore>().Add("Source", "hello", JsonElement.Parse("""{ "access_token": "a-token" }"""), null);
        _dataSet = _site.Part<DataSetSetup>().AddDataSet("Greetings", _site.Part<ConnectorCatalog>().Find("hello"), new AccountChoice(account), JsonElement.Parse("{}"), UpdateMethod.Replace);
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Release(1_000);
        await _site.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task A_slow_run_is_seen_to_go_on_and_to_end()
    {
        var page = await chromium.OpenAsync();
        await StartAsync(page);
        _pages.Release(3);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("300 rows read so far");
        _pages.Release(100);

        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("It read 1,000 rows and stored 1,000");

        // Also what is beside the progress is that of the end.
        await Assertions.Expect(page.Locator(".log-lines")).ToContainTextAsync("Committed: 1000 rows written");
    }

    [Fact]
    public async Task The_overview_follows_a_run_and_then_shows_its_rows()
    {
        var page = await chromium.OpenAsync();
        await StartAsync(page);
        await page.GotoAsync($"{_site.Address}/datasets/{_dataSet.Id}");
        _pages.Release(3);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("300 rows read so far");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("Its first run brings them");
        _pages.Release(100);

        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("It read 1,000 rows and stored 1,000");
        await Assertions.Expect(page.Locator(".chart svg:not(.icon)").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_slow_run_is_cancelled_on_the_board()
    {
        var page = await chromium.OpenAsync();
        await StartAsync(page);
        _pages.Release(2);
        await page.GotoAsync(_site.Address + "/runs");
        await page.ClickAsync("text=Cancel");

        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("No run goes on now");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Cancelled");
        Assert.Equal(RunState.Cancelled, _site.Part<RunStore>().Last(_dataSet.Id)!.State);
    }

    [Fact]
    public async Task A_query_is_asked_and_its_answer_downloaded_twice()
    {
        await FillAsync();
        var page = await chromium.OpenAsync();
        await page.GotoAsync($"{_site.Address}/datasets/{_dataSet.Id}/sql");
        await page.FillAsync("#sql", "SELECT count(*) AS n FROM rows");
        await page.ClickAsync("text=Run query");
        Assert.Equal("1000", await page.InnerTextAsync("tbody td"));
        for (var time = 0; time < 2; time++)
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("button:has-text('CSV')"));
            Assert.Equal("n\n1000\n", await File.ReadAllTextAsync(await download.PathAsync(), Cancellation));
        }
    }

    [Fact]
    public async Task Without_scripts_a_run_is_started_seen_and_cancelled()
    {
        var page = await chromium.OpenAsync(withScripts: false);
        await StartAsync(page);
        Assert.Contains("Load anew", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.ClickAsync("text=Cancel");
        while (_site.Part<RunStore>().Last(_dataSet.Id) is { IsEnded: false })
        {
            await page.ReloadAsync();
        }

        await page.ReloadAsync();
        Assert.Contains("It was cancelled", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    private async Task StartAsync(IPage page)
    {
        await page.GotoAsync($"{_site.Address}/datasets/{_dataSet.Id}");
        await page.ClickAsync("main >> text=Run now");
        await page.ArriveAtAsync("**/runs/*");
    }

    private async Task FillAsync()
    {
        _pages.Release(100);
        await _site.Part<RunEngine>().RunAsync(_dataSet, RunTrigger.Manual, Cancellation);
    }
}
