using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>The Data Center in a real browser.</summary>
public sealed class HomeInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
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
