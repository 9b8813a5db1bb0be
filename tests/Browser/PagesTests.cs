using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Browser;

public sealed class PagesTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string HostileName = "<img src=x onerror=alert(1)> & \"quotes\"";

    private readonly TemporaryFolder _folder = new();
    private readonly string _address = Server.FreeAddress();
    private WebApplication? _server;

    public async ValueTask InitializeAsync()
    {
        _server = Server.Build(_folder.File("data"), _address);
        await _server.StartPlatformAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_empty_platform_says_how_to_begin()
    {
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_address);

        Assert.Contains("There are no DataSets yet", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_home_page_leads_to_the_rows_of_a_DataSet()
    {
        await FillAsync("Greetings");
        var page = await chromium.OpenAsync();
        await page.GotoAsync(_address);
        await page.ClickAsync("text=Greetings");

        Assert.Equal("Greetings", await page.InnerTextAsync("h1"));
        await page.ClickAsync(".tabs >> text=Data");
        Assert.Equal(50, await page.Locator("tbody tr").CountAsync());
        Assert.Contains("250 rows", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_values_are_text_and_never_markup()
    {
        await FillAsync(HostileName);
        var page = await chromium.OpenAsync();
        page.Dialog += (_, dialog) => Assert.Fail($"A script ran: {dialog.Message}");
        await page.GotoAsync(_address);

        Assert.Equal(HostileName, await page.InnerTextAsync("tbody a"));
        Assert.Equal(0, await page.Locator("img").CountAsync());
    }

    /// <summary>A sign that turns the direction of writing would let JSON say something else to a reader than it holds.</summary>
    [Fact]
    public async Task The_audit_log_is_read_in_one_direction_whatever_names_hold()
    {
        await FillAsync("left \u202E turned \u2066 right");
        var page = await chromium.OpenAsync();
        await page.GotoAsync($"{_address}/settings/audit");
        var json = page.Locator(".audit-change code").Filter(new() { HasText = "turned" });

        var text = await json.First.InnerTextAsync();
        Assert.Contains("\\u202e turned \\u2066", text, StringComparison.Ordinal);
        Assert.Equal("left \u202E turned \u2066 right", System.Text.Json.JsonElement.Parse(text).GetProperty("name").GetString());
        Assert.True(await json.First.EvaluateAsync<bool>("""
            code => {
                const range = document.createRange();
                const boxes = [...code.firstChild.data].map((_, at) => {
                    range.setStart(code.firstChild, at);
                    range.setEnd(code.firstChild, at + 1);
                    return range.getBoundingClientRect();
                });
                return boxes.every((box, at) => at === 0 || box.top > boxes[at - 1].top || box.left >= boxes[at - 1].left);
            }
            """));
    }

    private async Task<DataSetConfiguration> FillAsync(string name)
    {
        var parts = _server!.Services;
        var package = parts.GetRequiredService<ConnectorCatalog>().Find("hello");
        var dataSet = parts.GetRequiredService<DataSetSetup>().AddDataSet(
            name, package, AccountChoice.SampleData, System.Text.Json.JsonElement.Parse("{}"), UpdateMethod.Replace);
        var run = await parts.GetRequiredService<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, TestContext.Current.CancellationToken);
        Assert.Equal(RunState.Succeeded, run.State);
        return dataSet;
    }
}
