using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>The Data Center in a real browser.</summary>
public sealed class HomeInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const long TwoLooks = 6_500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DataSets_are_found_and_tagged_with_scripts_and_without(bool withScripts)
    {
        await using var site = await SiteClient.StartAsync();
        foreach (var name in new[] { "Clicks by day", "Orders by day", "Visits" })
        {
            Add(site, name);
        }

        var page = await OpenAsync(withScripts);
        await page.GotoAsync(site.Address);
        await page.GetByLabel("Search").FillAsync("by day");
        if (!withScripts)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        }

        await Assertions.Expect(page.Locator("#datasets tbody tr")).ToHaveCountAsync(2);
        Assert.Contains("q=by+day", page.Url, StringComparison.Ordinal);
        Assert.Equal("by day", await page.GetByLabel("Search").InputValueAsync());

        if (withScripts)
        {
            await page.GetByLabel("All on this page").CheckAsync();
        }
        else
        {
            await page.GetByLabel("Choose Clicks by day").CheckAsync();
            await page.GetByLabel("Choose Orders by day").CheckAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Tag…" }).ClickAsync();
        await page.GetByLabel("Tags to add").FillAsync("daily");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the tags" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("2 DataSets tagged.");
        Assert.Equal(
            ["Clicks by day", "Orders by day"],
            site.Part<DataSetConfigurationStore>().List().Where(dataSet => dataSet.Tags.Contains("daily")).Select(dataSet => dataSet.Name));
    }

    [Fact]
    public async Task Several_DataSets_are_tagged_and_one_is_set_anew_by_keyboard_alone()
    {
        await using var site = await SiteClient.StartAsync();
        Add(site, "Clicks");
        Add(site, "Orders");
        var page = await OpenAsync(withScripts: true);
        await page.GotoAsync(site.Address);

        await page.PressByKeyboardAsync("[data-select-all]", "Space");
        await page.PressByKeyboardAsync("button[value='tag']");
        await page.ArriveAtAsync("**/bulk/tag**");
        await page.TabToAsync("#add");
        await page.Keyboard.TypeAsync("daily");
        await page.PressByKeyboardAsync("main button.primary");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("2 DataSets tagged.");

        await page.PressByKeyboardAsync(".home-name a");
        await page.ArriveAtAsync("**/datasets/*");
        await page.PressByKeyboardAsync(".tabs a[href$='/settings']");
        await page.ArriveAtAsync("**/settings");
        await page.PressByKeyboardAsync("a[href$='/schedules/new']");
        await page.ArriveAtAsync("**/schedules/new");
        await page.TabToAsync("#field-at");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("soon");
        await page.PressByKeyboardAsync("main button.primary");

        // What is wrong has the focus; its link leads to the field.
        await page.Locator("[data-focus]").WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement.matches('[data-focus]')"));
        await page.PressByKeyboardAsync(".error-summary a");
        Assert.Equal("field-at", await page.EvaluateAsync<string>("() => document.activeElement.id"));
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("07:15");
        await page.PressByKeyboardAsync("main button.primary");
        await page.ArriveAtAsync("**/settings");
        Assert.Equal("every day at 07:15", Assert.Single(site.Part<ScheduleStore>().List()).Schedule.Recurrence.Text);
    }

    [Fact]
    public async Task The_list_follows_a_run_to_its_end_but_not_while_somebody_chooses_from_it()
    {
        await using var site = await SiteClient.StartAsync();
        Add(site, "Clicks");
        Add(site, "Orders");
        var (clicks, orders) = (Begin(site, "Clicks"), Begin(site, "Orders"));
        var page = await OpenAsync(withScripts: true);
        await page.Clock.InstallAsync();
        await page.GotoAsync(site.Address);
        var rows = page.Locator("#datasets tbody tr");
        await Assertions.Expect(rows.First).ToContainTextAsync("Running");

        End(site, clicks);
        await page.Clock.RunForAsync(TwoLooks);
        await Assertions.Expect(rows.First).ToContainTextAsync("Succeeded");

        await page.GetByLabel("Choose Orders").CheckAsync();
        End(site, orders);
        var asked = 0;
        page.Request += (_, _) => asked++;
        await page.Clock.RunForAsync(TwoLooks);
        await Assertions.Expect(rows.Last).ToContainTextAsync("Running");
        Assert.Equal(0, asked);

        await page.GetByLabel("Choose Orders").UncheckAsync();
        await page.Clock.RunForAsync(TwoLooks);
        await Assertions.Expect(rows.Last).ToContainTextAsync("Succeeded");
        await Assertions.Expect(page.Locator("[data-busy]")).ToHaveCountAsync(0);
    }

    private static RunRecord Begin(SiteClient site, string dataSet)
    {
        var run = site.Part<RunEngine>().Begin(site.Part<DataSetConfigurationStore>().List().Single(stored => stored.Name == dataSet), RunTrigger.Manual, "1.0.0");
        site.Part<RunStore>().Add(run);
        return run;
    }

    private static void End(SiteClient site, RunRecord run) =>
        site.Part<RunStore>().Update(run with { State = RunState.Succeeded, Phase = RunPhase.Ended, EndedAt = TimeProvider.System.GetUtcNow() });

    private async Task<IPage> OpenAsync(bool withScripts)
    {
        var page = await chromium.OpenAsync();
        return withScripts ? page : await (await page.Context.Browser!.NewContextAsync(new() { JavaScriptEnabled = false })).NewPageAsync();
    }

    private static void Add(SiteClient site, string name) => site.Part<DataSetConfigurationStore>().Add(new DataSetConfiguration
    {
        Id = Guid.CreateVersion7().ToString("N"),
        Name = name,
        Connector = "hello",
        Details = System.Text.Json.JsonElement.Parse("{}"),
        UpdateMethod = UpdateMethod.Replace,
        CreatedAt = TimeProvider.System.GetUtcNow(),
        UpdatedAt = TimeProvider.System.GetUtcNow(),
    });
}
