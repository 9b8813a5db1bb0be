using ConnectorPlatform.Tests.Forms;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Forms in a real browser, on the gallery's page.</summary>
public sealed class FormInBrowserTests(Chromium chromium) : GalleryInBrowser(chromium)
{
    [Fact]
    public async Task Every_Bitly_report_shows_the_fields_that_the_evaluator_shows()
    {
        var page = await OpenAsync(BitlyDetails);
        foreach (var report in BitlyFormTests.Reports.Select(row => row.Data.Item1))
        {
            await page.SelectOptionAsync("#field-report", report);

            await FieldsBecomeAsync(page, Details.Settle($$"""{"report":"{{report}}"}""").Visible);
        }
    }

    [Fact]
    public async Task Without_scripts_a_button_brings_the_same_fields()
    {
        var page = await OpenAsync(BitlyDetails, withScripts: false);
        await page.SelectOptionAsync("#field-report", "popular_owned_by_clicks");
        await page.ClickAsync("text=Update form");
        Assert.Equal(Sorted(Details.Settle("""{"report":"popular_owned_by_clicks"}""").Visible), Sorted(await FieldsAsync(page)));

        await page.ClickAsync("text=Load the choices");
        Assert.True(await page.Locator("#field-group option").CountAsync() > 1);

        await page.FillAsync("#field-units", "0");
        await page.ClickAsync("button:text-is('Check')");
        Assert.Contains("Number of Units must not be 0", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal("0", await page.InputValueAsync("#field-units"));
    }

    [Fact]
    public async Task A_change_of_fields_is_told_to_who_does_not_see_it()
    {
        var page = await OpenAsync(BitlyDetails);
        await ChooseReportAsync(page, "link_encoders");

        Assert.Equal("Fields added: Links, Bitly Link.", await page.TextContentAsync("[data-form-status]"));
    }

    [Fact]
    public async Task A_menu_loads_by_itself_follows_its_controller_and_can_be_searched()
    {
        var page = await OpenAsync("/dev/forms");
        await page.WaitUntilAsync("document.querySelectorAll('#field-country option').length === 4");
        Assert.Contains("Fill in Country first", await page.InnerTextAsync("[data-field='/city']"), StringComparison.Ordinal);

        await page.SelectOptionAsync("#field-country", "fr");
        await page.WaitUntilAsync("[...document.querySelectorAll('#field-city option')].some(option => option.text === 'Lyon')");
        await page.SelectOptionAsync("#field-country", "de");
        await page.WaitUntilAsync("[...document.querySelectorAll('#field-city option')].some(option => option.text === 'Berlin')");

        await page.FillAsync("#field-campaign--search", "campaigns 19");
        await page.WaitUntilAsync("document.querySelectorAll('#field-campaign option').length === 12");
        Assert.Equal("campaigns 19", await page.InputValueAsync("#field-campaign--search"));
        Assert.Contains("could not be loaded", await page.InnerTextAsync("[data-field='/broken']"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_menu_suggests_to_who_types_and_leaves_what_was_typed()
    {
        var page = await OpenAsync("/dev/forms");
        await page.FillAsync("#field-suggested", "typed");
        await page.WaitUntilAsync("document.querySelectorAll('#field-suggested--choices option').length >= 6");

        await page.FillAsync("#field-suggested--search", "suggestions 4");
        await page.WaitUntilAsync("document.querySelectorAll('#field-suggested--choices option').length <= 2");

        Assert.Equal("typed", await page.InputValueAsync("#field-suggested"));
        Assert.Equal("suggestions-4", await page.EvaluateAsync<string>("document.querySelector('#field-suggested').list.options[document.querySelector('#field-suggested').list.options.length - 1].value"));
    }

    [Fact]
    public async Task Without_scripts_a_button_brings_the_suggestions_and_keeps_what_was_typed()
    {
        var page = await OpenAsync(BitlyDetails, withScripts: false);
        await page.SelectOptionAsync("#field-report", "link_information");
        await page.ClickAsync("text=Update form");
        await page.FillAsync("#field-bitly_link", "bit.ly/typed");
        await page.ClickAsync("text=Load the choices");

        Assert.Equal("bit.ly/typed", await page.InputValueAsync("#field-bitly_link"));
        Assert.True(await page.Locator("#field-bitly_link--choices option").CountAsync() > 1);
    }

    [Fact]
    public async Task Rows_are_added_and_removed_and_keep_what_was_typed()
    {
        var page = await OpenAsync("/dev/forms");
        for (var row = 0; row < 3; row++)
        {
            await page.ClickAsync("[data-field='/headers'] button[value='add:/headers']");
            await page.FillAsync($"#field-headers-{row}-header", $"Name {row}");
        }

        await page.ClickAsync("button[value='remove:/headers/1']");
        await page.WaitUntilAsync("!document.querySelector('#field-headers-2-header')");

        Assert.Equal("Name 0", await page.InputValueAsync("#field-headers-0-header"));
        Assert.Equal("Name 2", await page.InputValueAsync("#field-headers-1-header"));
    }

    [Fact]
    public async Task Several_entries_are_chosen_at_once()
    {
        var page = await OpenAsync("/dev/forms");
        await page.CheckAsync("#field-weekdays--2");
        await page.UncheckAsync("#field-weekdays--2");
        await page.ClickAsync("button[value='all:/weekdays']");
        await page.WaitUntilAsync("document.querySelectorAll('#field-weekdays input:checked').length === 7");
        await page.ClickAsync("button[value='none:/weekdays']");

        await page.WaitUntilAsync("document.querySelectorAll('#field-weekdays input:checked').length === 0");
    }

    [Fact]
    public async Task Errors_are_summed_up_where_the_focus_goes_and_lead_to_their_fields()
    {
        var page = await OpenAsync("/dev/forms");
        await page.ClickAsync("button:text-is('Check')");

        await page.WaitUntilAsync("document.activeElement.getAttribute('role') === 'alert'");
        await page.ClickAsync("[role=alert] a[href='#field-name']");
        Assert.Equal("field-name", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.Equal("true", await page.GetAttributeAsync("#field-name", "aria-invalid"));
    }

    [Fact]
    public async Task A_schema_is_uploaded_and_its_form_shown()
    {
        var page = await OpenAsync("/dev/forms");
        await page.SetInputFilesAsync("#file", new FilePayload
        {
            Name = "details.json",
            MimeType = "application/json",
            Buffer = System.Text.Encoding.UTF8.GetBytes(FormSamples.Schema(""" "properties": { "planet": { "type": "string", "title": "Planet <b>Earth</b>" } } """).GetRawText()),
        });
        await page.ClickAsync("text=Show the form");

        await page.Locator("#field-planet").WaitForAsync();
        Assert.Contains("Planet <b>Earth</b>", await page.InnerTextAsync("label[for=field-planet]"), StringComparison.Ordinal);
        Assert.Contains("\"planet\"", await page.InputValueAsync("#schema"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_follows_the_schema_that_is_edited_and_the_lint_says_where_it_objects()
    {
        var page = await OpenAsync("/dev/forms");
        await page.FillAsync("#schema", """{ "type": "object", "properties": { "hue": { "type": "string", "title": "Hue" }, "untitled": { "type": "string" } } }""");

        await FieldsBecomeAsync(page, ["/hue", "/untitled"]);
        Assert.Contains("/properties/untitled", await page.InnerTextAsync("#gallery-result .notice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_kind_of_field_is_accessible_and_fits_a_telephone()
    {
        var page = await OpenAsync("/dev/forms");
        await page.SelectOptionAsync("#field-report", "orders");
        await page.WaitForSelectorAsync("#field-status");
        await page.ClickAsync("button[value='add:/headers']");
        await page.WaitForSelectorAsync("#field-headers-0-header");
        await page.ClickAsync("button[value='add:/links']");
        await page.WaitForSelectorAsync("#field-links-0-url");
        await page.ClickAsync("button:text-is('Check')");
        await page.EvaluateAsync("for (const details of document.querySelectorAll('main details')) details.open = true");

        Assert.Empty(await page.ProblemsAsync("the gallery"));
    }
}
