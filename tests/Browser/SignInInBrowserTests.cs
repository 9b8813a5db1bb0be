using ConnectorPlatform.Tests.Accounts;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Signing in at a source, in a real browser.</summary>
public sealed class SignInInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_newcomer_connects_in_the_middle_of_a_new_DataSet_and_comes_back_to_it(bool withScripts)
    {
        await using var bench = await SignInBench.StartAsync();
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await page.GotoAsync($"{bench.Site.Address}/new?connector=bitly");
        await page.ClickAsync("text=Add an account");
        await SignInAsync(page, withScripts, "acme");
        await page.WaitForURLAsync("**/new?connector=bitly&account=*");

        var account = Assert.Single(bench.Accounts.List());
        Assert.Equal("Bitly – acme", account.Name);
        Assert.True(await page.IsCheckedAsync($"input[value='{account.Id}']"));
        await page.ClickAsync("button:text-is('Next')");
        await page.WaitForURLAsync("**/details");
    }

    [Fact]
    public async Task A_colleague_connects_by_a_link_and_the_owner_reconnects()
    {
        await using var bench = await SignInBench.StartAsync();
        var owner = await chromium.OpenAsync();
        await owner.GotoAsync($"{bench.Site.Address}/accounts/new?connector=bitly");
        await owner.ClickAsync("text=Ask a colleague");
        var link = await owner.InputValueAsync("#link");

        var colleague = await chromium.OpenAsync();
        await colleague.GotoAsync(link);
        Assert.Equal(0, await colleague.Locator("nav[aria-label='Main']").CountAsync());
        await SignInAsync(colleague, withScripts: true, "colleague");
        await colleague.Locator("text=Your Bitly account is connected").WaitForAsync();

        var account = bench.Accounts.Get("Bitly – colleague");
        await owner.GotoAsync($"{bench.Site.Address}/accounts/{account.Id}/credentials");
        await SignInAsync(owner, withScripts: true, "colleague");
        await owner.Locator("text=The account is reconnected").WaitForAsync();
    }

    private static async Task SignInAsync(IPage page, bool withScripts, string user)
    {
        await ChooseAsync(page);
        if (!withScripts)
        {
            await page.ClickAsync("text=Update form");
        }

        await page.Locator("text=Your password stays between you and").WaitForAsync();
        await page.ClickAsync("button:text-is('Connect'), button:text-is('Save')");
        await page.FillAsync("input[name='user']", user);
        await page.ClickAsync("text=Allow");
    }

    // Two choices are shown as radio buttons or as a menu, as the form's presenter finds best.
    private static async Task ChooseAsync(IPage page)
    {
        var radio = page.Locator("input[type='radio'][value='oauth']");
        if (await radio.CountAsync() > 0)
        {
            await radio.CheckAsync();
            return;
        }

        await page.SelectOptionAsync("#field-sign_in", "oauth");
    }
}
