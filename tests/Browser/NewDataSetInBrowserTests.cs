using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>The way of a newcomer, in a real browser.</summary>
public sealed class NewDataSetInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int MostReloads = 100;

    [Theory]
    [InlineData("user_clicks", true)]
    [InlineData("user_countries", true)]
    [InlineData("referrers", true)]
    [InlineData("user_clicks", false)]
    [InlineData("user_countries", false)]
    [InlineData("referrers", false)]
    public async Task A_newcomer_comes_to_a_DataSet_with_rows_by_sample_data(string report, bool withScripts)
    {
        await using var site = await SiteClient.StartAsync();
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await BeginAsync(page, site);
        await page.SelectOptionAsync("#field-report", report);
        if (!withScripts)
        {
            await page.ClickAsync("text=Update form");
        }

        await page.Locator("#field-unit").WaitForAsync();
        await page.ClickAsync("text=Preview");
        Assert.Contains("Nothing was stored.", await page.InnerTextAsync("#preview"), StringComparison.Ordinal);
        Assert.NotEqual(0, await page.Locator("#preview tbody tr").CountAsync());
        await page.ClickAsync("button:text-is('Next')");
        await page.Locator(".fires li").Nth(9).WaitForAsync();
        await page.ClickAsync("button:text-is('Next')");
        await page.ClickAsync("text=Save and run");
        await page.ArriveAtAsync("**/datasets/*");

        var dataSet = Assert.Single(site.Part<DataSetConfigurationStore>().List());
        var runs = site.Part<RunStore>();
        for (var reload = 0; reload < MostReloads && runs.Last(dataSet.Id) is not { IsEnded: true }; reload++)
        {
            await page.ReloadAsync();
        }

        Assert.True(runs.Last(dataSet.Id)?.IsSuccess);
        await page.GotoAsync($"{site.Address}/datasets/{dataSet.Id}");
        await Assertions.Expect(page.Locator(".chart svg:not(.icon)").First).ToBeVisibleAsync();
        await page.GotoAsync($"{site.Address}/datasets/{dataSet.Id}/data");
        Assert.NotEqual(0, await page.Locator("tbody tr").CountAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_preview_is_in_sight_and_opens_nothing_else(bool withScripts)
    {
        await using var site = await SiteClient.StartAsync();
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await BeginAsync(page, site);
        await page.SelectOptionAsync("#field-report", "user_clicks");
        if (!withScripts)
        {
            await page.ClickAsync("text=Update form");
        }

        await page.Locator("#field-unit").WaitForAsync();
        await page.ClickAsync("text=Preview");

        await Assertions.Expect(page.Locator("#preview h3")).ToBeInViewportAsync();
        await Assertions.Expect(page.Locator("#field-last_day")).ToBeHiddenAsync();
        if (withScripts)
        {
            await Assertions.Expect(page.Locator("#preview")).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task The_whole_way_can_be_gone_by_keyboard_alone()
    {
        await using var site = await SiteClient.StartAsync();
        var page = await chromium.OpenAsync();
        await page.GotoAsync(site.Address);
        await page.PressByKeyboardAsync("main a[href='/new']");
        await page.ArriveAtAsync("**/new");
        await page.PressByKeyboardAsync("main a[href='/new?connector=bitly']");
        await page.ArriveAtAsync("**/new?connector=bitly");
        await page.PressByKeyboardAsync("button[value='next']");
        await page.ArriveAtAsync("**/details");

        await page.TabToAsync("#field-report");
        await page.Keyboard.TypeAsync("User Clicks");
        await page.Keyboard.PressAsync("Tab");
        await page.Locator("#field-unit").WaitForAsync();
        await page.PressByKeyboardAsync("button[value='next']");
        await page.ArriveAtAsync("**/scheduling");
        await page.PressByKeyboardAsync("button[value='next']");
        await page.ArriveAtAsync("**/name");
        await page.PressByKeyboardAsync("button[value='save']");
        await page.ArriveAtAsync("**/datasets/*");

        Assert.Single(site.Part<DataSetConfigurationStore>().List());
    }

    [Fact]
    public async Task Back_forward_and_reload_keep_what_was_filled_in()
    {
        await using var site = await SiteClient.StartAsync();
        var page = await chromium.OpenAsync();
        await BeginAsync(page, site);
        await page.SelectOptionAsync("#field-report", "user_clicks");
        await page.Locator("#field-units").WaitForAsync();
        await page.RunAndWaitForResponseAsync(
            async () =>
            {
                await page.FillAsync("#field-units", "42");
                await page.PressAsync("#field-units", "Tab");
            },
            response => response.Url.EndsWith("/details/fields", StringComparison.Ordinal) && response.Request.PostData!.Contains("=42", StringComparison.Ordinal));

        await page.ReloadAsync();
        Assert.Equal("42", await page.InputValueAsync("#field-units"));
        await page.ClickAsync("button:text-is('Next')");
        await page.ArriveAtAsync("**/scheduling");
        await page.GoBackAsync();
        Assert.Equal("42", await page.InputValueAsync("#field-units"));
        await page.GoForwardAsync();
        await page.ClickAsync("#pane-details");
        Assert.Equal("42", await page.InputValueAsync("#field-units"));
    }

    [Fact]
    public async Task A_preview_that_takes_long_is_cancelled_at_the_source_too_and_nothing_is_lost()
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = await LoopbackSource.StartAsync(async context =>
        {
            await using var stopped = context.RequestAborted.Register(ended.SetResult);
            asked.TrySetResult();
            await ended.Task;
        });
        await using var site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Configuration["Connectors:bitly:BaseAddress"] = source.Address.ToString();
            return server;
        });
        site.Part<AccountStore>().Add("Marketing", "bitly", JsonElement.Parse("""{ "access_token": "a-token" }"""), null);
        var page = await chromium.OpenAsync();
        await BeginAsync(page, site);
        await page.SelectOptionAsync("#field-report", "user_clicks");
        await page.FillAsync("#field-units", "42");
        Assert.False(await page.IsVisibleAsync("text=Cancel the preview"));

        // The browser answers nothing about a page that another is to follow, and takes no click for it. The page itself goes on, so that a second one can tell it.
        await page.EvaluateAsync("addEventListener('storage', () => { const cancel = document.querySelector('[data-cancel]:not([hidden])'); window.clicked = cancel.innerText; cancel.click(); })");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(site.Address);
        await page.DispatchEventAsync("button:text-is('Preview')", "click");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await other.EvaluateAsync("localStorage.setItem('cancel', 'now')");

        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
        await Assertions.Expect(page.Locator("[data-cancel-status]")).ToHaveTextAsync("The preview is cancelled.");
        Assert.Equal("Cancel the preview", await page.EvaluateAsync<string>("window.clicked"));
        Assert.Equal("42", await page.InputValueAsync("#field-units"));
        await page.ClickAsync("button:text-is('Next')");
        await page.ArriveAtAsync("**/scheduling");
    }

    [Fact]
    public async Task The_next_runs_follow_what_is_typed()
    {
        await using var site = await SiteClient.StartAsync();
        var page = await chromium.OpenAsync();
        await BeginAsync(page, site);
        await page.GotoAsync(page.Url.Replace("/details", "/scheduling", StringComparison.Ordinal));

        await page.FillAsync("#field-at", "07:35");
        await page.PressAsync("#field-at", "Tab");

        await page.Locator(".fires li", new PageLocatorOptions { HasText = "07:35" }).First.WaitForAsync();
    }

    private static async Task BeginAsync(IPage page, SiteClient site)
    {
        await page.GotoAsync(site.Address);
        await page.ClickAsync("main a[href='/new']");
        await page.ClickAsync("main a[href='/new?connector=bitly']");
        await page.ClickAsync("button:text-is('Next')");
        await page.ArriveAtAsync("**/details");
    }
}
