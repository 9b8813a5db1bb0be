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

/// <summary>Pages in the states that no link leads to, in a real browser: forms with errors, answers, conflicts, and runs that go on.</summary>
public sealed class EveryStateTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly List<string> _problems = [];
    private readonly SemaphoreSlim _pages = new(0);
    private GreetingSource _source = null!;
    private SiteClient _site = null!;
    private DataSetConfiguration _dataSet = null!;

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _source.Instead = async context =>
        {
            await _pages.WaitAsync(context.RequestAborted);
            return false;
        };
        _site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Configuration["Connectors:hello:BaseAddress"] = _source.Address.ToString();
            server.Configuration["Web:Development"] = "true";
            return server;
        });
        var setup = _site.Part<DataSetSetup>();
        _dataSet = setup.AddDataSet("Clicks", _site.Part<ConnectorCatalog>().Find("bitly"), AccountChoice.SampleData, JsonElement.Parse("""{ "report": "user_clicks" }"""), UpdateMethod.Replace);
        await _site.Part<RunEngine>().RunAsync(_dataSet, RunTrigger.Manual, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Release(1_000);
        await _site.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Forms_with_errors_are_accessible()
    {
        var page = await chromium.OpenAsync();
        var settings = $"/datasets/{_dataSet.Id}/settings";
        await SendAsync(page, "/settings/notices/new", "Add the rule", ("#notice-name", "Mail"), ("#notice-to", "nobody"));
        await SendAsync(page, $"{settings}/details", "Save", ("#field-units", "many"));
        await SendAsync(page, $"{settings}/scheduling", "Save", ("#field-max_age", "1 second"));
        await SendAsync(page, $"{settings}/schedules/new", "Save", ("#field-at", "soon"));
        await SendAsync(page, $"{settings}/name", "Save", ("#name", " "));
        await SendAsync(page, $"/bulk/tag?id={_dataSet.Id}&return=/", "Save the tags", ("#add", new string('x', 60)));
        await SendAsync(page, $"/bulk/schedule?id={_dataSet.Id}&return=/", "Change the schedule", ("#when", "soon"), ("#zone", "Mars/Base"));
        await SendAsync(page, $"/datasets/{_dataSet.Id}/sql", "Run query", ("#sql", "SELECT nothing FROM rows"));
        await SendAsync(page, "/accounts/new?connector=bitly", "Connect", ("#name", ""));
        await SendAsync(page, "/dev/forms", "Check");
        await LookAsync(page, $"/datasets/{_dataSet.Id}/data?column=clicks&condition=atLeast&value=many");
        await DraftAsync(page);

        Assert.True(_problems.Count == 0, string.Join('\n', _problems));
    }

    [Fact]
    public async Task Answers_and_conflicts_are_accessible()
    {
        var page = await chromium.OpenAsync();
        await SendAsync(page, $"/datasets/{_dataSet.Id}/sql", "Run query", ("#sql", "SELECT *, NULL AS nothing FROM rows"));
        await LookAsync(page, "/?q=nothing%20is%20called%20so");

        await page.GotoAsync($"{_site.Address}/datasets/{_dataSet.Id}/settings/name");
        _site.Part<DataSetEdit>().Save(_site.Part<DataSetConfigurationStore>().Get(_dataSet.Id) with { Name = "Of another" }, ChangeOrigin.Api);
        await SendAsync(page, null, "Save", ("#name", "Mine"));
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("Somebody else has saved meanwhile");

        Assert.True(_problems.Count == 0, string.Join('\n', _problems));
    }

    [Fact]
    public async Task Runs_that_go_on_are_accessible_everywhere()
    {
        (_source.Greetings, _source.PageSize) = (1_000, 100);
        var account = _site.Part<AccountStore>().Add("Source", "hello", JsonElement.Parse("""{ "access_token": "a-token" }"""), null);
        var slow = _site.Part<DataSetSetup>().AddDataSet("Slow", _site.Part<ConnectorCatalog>().Find("hello"), new AccountChoice(account), JsonElement.Parse("{}"), UpdateMethod.Replace);
        var page = await chromium.OpenAsync();
        await page.GotoAsync($"{_site.Address}/datasets/{slow.Id}");
        await page.ClickAsync("main >> text=Run now");
        await page.ArriveAtAsync("**/runs/*");
        _pages.Release(3);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("300 rows read so far");

        await CheckAsync(page, "a running run");
        foreach (var path in new[] { "/runs", "/", $"/datasets/{slow.Id}", $"/datasets/{slow.Id}/history", $"/datasets/{slow.Id}/data", $"/accounts/{account.Id}" })
        {
            await LookAsync(page, path);
        }

        Assert.True(_problems.Count == 0, string.Join('\n', _problems));
    }

    private async Task DraftAsync(IPage page)
    {
        await page.GotoAsync($"{_site.Address}/new?connector=bitly");
        await page.ClickAsync("button[value='next']");
        await page.ArriveAtAsync("**/details");
        var details = page.Url[_site.Address.Length..];
        await SendAsync(page, null, "Next", ("#field-report", "user_clicks"), ("#field-units", "many"));
        await SendAsync(page, null, "Preview", ("#field-units", "7"));
        await Assertions.Expect(page.Locator("#preview")).ToContainTextAsync("Nothing was stored.");
        await SendAsync(page, details.Replace("/details", "/scheduling", StringComparison.Ordinal), "Next", ("#field-at", "soon"));
        await SendAsync(page, details.Replace("/details", "/name", StringComparison.Ordinal), "Save", ("#name", " "));
    }

    private async Task LookAsync(IPage page, string path)
    {
        await page.GotoAsync(_site.Address + path);
        await CheckAsync(page, path);
    }

    /// <summary>Fills in, sends, and looks at the answer; on the page that is open when none is named.</summary>
    private async Task SendAsync(IPage page, string? path, string button, params (string Selector, string Value)[] filled)
    {
        if (path is not null)
        {
            await page.GotoAsync(_site.Address + path);
        }

        foreach (var (selector, value) in filled)
        {
            var control = page.Locator(selector);
            await (await control.EvaluateAsync<bool>("control => control.tagName === 'SELECT'") ? control.SelectOptionAsync(value) : control.FillAsync(value));
        }

        await page.LeaveAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync());
        await CheckAsync(page, $"{path ?? new Uri(page.Url).PathAndQuery} after {button}");
    }

    private async Task CheckAsync(IPage page, string state) => _problems.AddRange(await page.ProblemsAsync(state));
}
