using ConnectorPlatform.Tests.Forms;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>What happens in a form between a question to the host and its answer.</summary>
public sealed class LateAnswersInBrowserTests(Chromium chromium) : GalleryInBrowser(chromium)
{
    [Fact]
    public async Task What_is_typed_while_a_refresh_is_under_way_is_not_lost()
    {
        var page = await OpenAsync(BitlyDetails);
        await ChooseReportAsync(page, "link_clicks");
        await page.FillAsync("#field-bitly_link", "bit.ly/1");
        var release = await HoldAsync(page);

        await page.SelectOptionAsync("#field-unit", "hour");
        await page.FillAsync("#field-bitly_link", "bit.ly/2Qj2niP");
        await page.ClickAsync("#field-time_zone");
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.TypeAsync("/Typed");
        await page.FillAsync("#field-units", "7");
        await page.ClickAsync("#field-roll_up");
        await page.FocusAsync("#field-units");
        release.SetResult();
        await page.WaitUntilAsync("document.querySelector('#gallery-data').textContent.includes('bit.ly/2Qj2niP')");

        Assert.Equal("bit.ly/2Qj2niP", await page.InputValueAsync("#field-bitly_link"));
        Assert.EndsWith("/Typed", await page.InputValueAsync("#field-time_zone"), StringComparison.Ordinal);
        Assert.Equal("7", await page.InputValueAsync("#field-units"));
        Assert.Equal("hour", await page.InputValueAsync("#field-unit"));
        Assert.True(await page.IsCheckedAsync("#field-roll_up"));
    }

    [Fact]
    public async Task The_focus_stays_where_it_is_when_the_answer_comes()
    {
        var page = await OpenAsync(BitlyDetails);
        await ChooseReportAsync(page, "link_clicks");
        var release = await HoldAsync(page);

        await page.SelectOptionAsync("#field-report", "link_encoders");
        await page.FocusAsync("#field-bitly_link");
        await page.Keyboard.TypeAsync("bit.ly/typed");

        // What an input method has begun, or a list that is open, lives in the element itself.
        await page.EvaluateAsync("globalThis.focused = document.activeElement");
        release.SetResult();
        await FieldsBecomeAsync(page, Details.Settle("""{"report":"link_encoders"}""").Visible);

        Assert.Equal("field-bitly_link", await page.EvaluateAsync<string>("document.activeElement.id"));
        Assert.True(await page.EvaluateAsync<bool>("globalThis.focused === document.activeElement"));
        Assert.Equal("bit.ly/typed", await page.InputValueAsync("#field-bitly_link"));
    }

    [Fact]
    public async Task The_newest_choice_wins_whatever_answer_comes_last()
    {
        var page = await OpenAsync(BitlyDetails);
        var release = await HoldAsync(page);

        await page.SelectOptionAsync("#field-report", "link_clicks");
        await page.SelectOptionAsync("#field-report", "user_clicks");
        release.SetResult();

        await FieldsBecomeAsync(page, Details.Settle("""{"report":"user_clicks"}""").Visible);
        Assert.Equal("user_clicks", await page.InputValueAsync("#field-report"));
    }

    [Fact]
    public async Task A_menu_that_comes_late_does_not_take_the_place_of_the_field_that_followed_it()
    {
        var page = await OpenAsync(BitlyDetails);
        await page.EvaluateAsync("document.addEventListener('htmx:finally:request', event => document.body.dataset.ended += event.detail.ctx.request.body.get('form_action'))");
        var release = await HoldAsync(page, only: "menu%3A%2Forganization");
        await ChooseReportAsync(page, "qr_codes");
        await page.WaitUntilAsync("document.body.dataset.ended.includes('menu:/group')");

        await ChooseReportAsync(page, "organization_shorten_counts");
        await ChooseReportAsync(page, "qr_codes");
        release.SetResult();
        await page.WaitUntilAsync("document.body.dataset.ended.includes('menu:/organization')");

        Assert.Equal(Details.Settle("""{"report":"qr_codes"}""").Visible, await FieldsAsync(page));
    }
}
