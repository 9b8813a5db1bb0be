using ConnectorPlatform.Tests.Support;
using ConnectorPlatform.Tests.Web;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Every page that links lead to, in a real browser: accessible, narrow enough, without foreign scripts and without secrets.</summary>
public sealed class EveryPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public Task A_platform_that_is_empty_is_accessible_everywhere() => CheckAsync(_ => Task.CompletedTask);

    [Fact]
    public Task A_platform_in_use_with_hostile_names_is_accessible_and_inert_everywhere() => CheckAsync(DressedSite.DressAsync);

    /// <summary>For people to look at: <c>./test.sh -explicit only -class '*EveryPageTests'</c> writes them to <c>artifacts/screenshots</c>.</summary>
    [Theory(Explicit = true)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 375)]
    [InlineData(ColorScheme.Dark, 375)]
    public async Task Screenshots(ColorScheme scheme, int width)
    {
        var folder = Directory.CreateDirectory(Repository.PathOf("artifacts", "screenshots")).FullName;
        await using var site = await SiteClient.StartAsync();
        await DressedSite.DressAsync(site);
        var page = await chromium.OpenAsync(scheme, width);
        await SiteWalk.VisitAsync(page, site.Address, path => page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, $"{FileName(path)}-{scheme}-{width}.png".ToLowerInvariant()),
            FullPage = true,
        }));
    }

    private async Task CheckAsync(Func<SiteClient, Task> dress)
    {
        await using var site = await SiteClient.StartAsync();
        await dress(site);
        var problems = new List<string>();
        var page = await chromium.OpenAsync();
        page.Dialog += (_, dialog) => problems.Add($"a script ran: {dialog.Message}");
        page.Console += (_, message) =>
        {
            // The browser itself tells of a page that answers 404.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                problems.Add($"{page.Url}: {message.Text}");
            }
        };

        var visited = await SiteWalk.VisitAsync(page, site.Address, async path =>
        {
            problems.AddRange(await page.ProblemsAsync(path));
            if ((await page.ContentAsync()).Contains(DressedSite.Canary, StringComparison.Ordinal))
            {
                problems.Add($"{path}: shows the secret");
            }
        });

        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}\nof {visited.Count} pages: {string.Join(" ", visited)}");
    }

    private static string FileName(string path) => SiteWalk.Kind(path) is { Length: > 0 } kind
        ? new string([.. kind.Select(letter => char.IsLetterOrDigit(letter) || letter == '-' ? letter : '-')])
        : "home";
}
