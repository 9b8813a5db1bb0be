using ConnectorPlatform.Host.People;
using ConnectorPlatform.Tests.Browser;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.People;

/// <summary>The first start as the first administrator sees it.</summary>
public sealed class FirstStartInBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private PeopleSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_administrator_sets_up_signs_out_and_signs_in_again(bool withScripts)
    {
        var page = await chromium.OpenAsync(withScripts: withScripts);
        await page.GotoAsync($"{_site.Site.Address}/");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("open the link that connector-host serve has printed");
        await page.GotoAsync($"{_site.Site.Address}/welcome/{_site.Part<PeopleSetup>().OpenSetup()}");
        await page.GetByLabel("Name").FillAsync("ada@example.com");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(PeopleSite.Password);
        await page.GetByLabel("The same once more").FillAsync(PeopleSite.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await Assertions.Expect(page.Locator("[role=status]").First).ToContainTextAsync("Welcome, ada@example.com");

        await page.GotoAsync($"{_site.Site.Address}/settings/people");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Sign in");
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync("no administrator yet");
        await page.GotoAsync($"{_site.Site.Address}/settings/people");
        await page.GetByLabel("Name").FillAsync("ada@example.com");
        await page.GetByLabel("Password").FillAsync(PeopleSite.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Locator(".table tbody th").First).ToHaveTextAsync("ada@example.com");
    }

    [Fact]
    public async Task The_pages_of_people_can_be_used_by_everybody()
    {
        _site.Add("ada", Role.Administrator);
        var page = await chromium.OpenAsync();
        await page.GotoAsync($"{_site.Site.Address}/sign-in");
        await CheckAsync(page);
        await page.GetByLabel("Name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(PeopleSite.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        foreach (var path in new[] { "/profile", "/settings/people", $"/welcome/{_site.Part<PeopleSetup>().Invite("eve", Role.Viewer).Key}" })
        {
            await page.GotoAsync(_site.Site.Address + path);
            await CheckAsync(page);
        }

        _site.Add(new string('z', 200), Role.Viewer);
        await page.GotoAsync($"{_site.Site.Address}/settings/people");
        Assert.True(await page.Locator("[aria-label=People]").EvaluateAsync<bool>("box => box.scrollWidth <= box.clientWidth"), "A long name makes the table wider than the page.");
    }

    private static async Task CheckAsync(IPage page) => Assert.Empty(await page.ProblemsAsync(new Uri(page.Url).AbsolutePath));
}
