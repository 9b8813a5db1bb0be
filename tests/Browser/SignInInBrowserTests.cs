using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Accounts;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Signing in at a source, in a real browser and at a real OAuth server.</summary>
public sealed class SignInInBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    // The account is checked on the way, in a worker that may have to start on a busy machine.
    private const float Patience = 120_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_newcomer_connects_in_the_middle_of_a_new_DataSet_and_comes_back_to_it(bool withScripts)
    {
        await using var source = await ConsentServer.StartAsync();
        await using var site = await StartAsync(source);
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await page.GotoAsync($"{site.Address}/new?connector=bitly");
        await page.ClickAsync("text=Add an account");
        await SignInAsync(page, withScripts, "acme");
        await page.ArriveAtAsync("**/new?connector=bitly&account=*");

        var account = Assert.Single(site.Part<AccountStore>().List());
        Assert.Equal("Bitly – acme", account.Name);
        Assert.True(await page.IsCheckedAsync($"input[value='{account.Id}']"));
        await page.ClickAsync("button:text-is('Next')");
        await page.ArriveAtAsync("**/details");
    }

    [Fact]
    public async Task A_colleague_connects_and_an_owner_reconnects_and_the_token_renews_itself()
    {
        await using var source = await ConsentServer.StartAsync();
        await using var site = await StartAsync(source);
        var owner = await chromium.OpenAsync();
        await owner.GotoAsync($"{site.Address}/accounts/new?connector=bitly");
        await owner.ClickAsync("text=Ask a colleague");
        var link = await owner.InputValueAsync("#link");

        var colleague = await chromium.OpenAsync();
        await colleague.GotoAsync(link);
        Assert.Equal(0, await colleague.Locator("nav[aria-label='Main']").CountAsync());
        await SignInAsync(colleague, withScripts: true, "colleague");
        await colleague.Locator("text=Your Bitly account is connected").WaitForAsync(new() { Timeout = Patience });

        var account = site.Part<AccountStore>().Get("Bitly – colleague");
        await owner.GotoAsync($"{site.Address}/accounts/{account.Id}/credentials");
        await SignInAsync(owner, withScripts: true, "colleague");
        await owner.Locator("text=The account is reconnected").WaitForAsync(new() { Timeout = Patience });
        var before = site.Part<GrantStore>().Find(account)!;
        var server = site.Part<SignInMethods>().Find(site.Part<ConnectorCatalog>().Find("bitly"), site.Part<AccountStore>().Reveal(account, "a test"))!;
        var after = await site.Part<GrantRefresh>().FreshAsync(account, server, before.Version, Cancellation);

        Assert.NotEqual(before.Grant.AccessToken, after.Grant.AccessToken);
    }

    private static Task<SiteClient> StartAsync(ConsentServer source) => SiteClient.StartAsync((folder, address) =>
    {
        var server = Server.Build(folder.File("data"), address);
        foreach (var (name, value) in source.Settings)
        {
            server.Configuration[name] = value;
        }

        return server;
    });

    private static async Task SignInAsync(IPage page, bool withScripts, string user)
    {
        await ChooseAsync(page);
        if (!withScripts)
        {
            await page.ClickAsync("text=Update form");
        }

        await page.Locator("text=Your password stays between you and").WaitForAsync();
        await page.ClickAsync(".sign-in-go button");
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
