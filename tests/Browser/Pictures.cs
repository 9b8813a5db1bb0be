using System.Text.RegularExpressions;
using ConnectorPlatform.Tests.Support;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>
/// Pictures for people to look at: with <c>CONNECTOR_PLATFORM_SCREENSHOTS=1</c> every page and state that a test looks at is written to
/// <c>artifacts/screenshots</c>, on a desk and on a telephone.
/// </summary>
internal static partial class Pictures
{
    private static readonly int[] Widths = [375, 1280];

    private static readonly string? Folder = Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_SCREENSHOTS") == "1"
        ? Directory.CreateDirectory(Repository.PathOf("artifacts", "screenshots")).FullName
        : null;

    /// <summary>Takes the pictures, if they are wanted; leaves the page 1280 wide.</summary>
    public static async Task TakeAsync(IPage page, string name, ColorScheme scheme)
    {
        foreach (var width in Folder is null ? [] : Widths)
        {
            await page.SetViewportSizeAsync(width, 800);
            var file = NoWord().Replace($"{(SiteWalk.Kind(name) is { Length: > 0 } kind ? kind : "home")} {scheme} {width}", "-").Trim('-').ToLowerInvariant();
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder!, $"{file}.png"), FullPage = true });
        }
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoWord();
}
