using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>What a page needs to be usable by everybody: axe's rules in both colour schemes, and no scrolling sideways on a telephone.</summary>
internal static class Accessibility
{
    private const int Narrowest = 320;

    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    };

    /// <summary>All that another colour scheme can break.</summary>
    private static readonly AxeRunOptions RulesOfColour = new() { RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } };

    /// <summary>Texts that run over what stands beside them.</summary>
    private const string RunsOver = """
        () => [...document.querySelectorAll('main :is(h1, h2, h3, th, td, dd, dt, p, li, label, legend, .button, button)')]
          .filter(element => getComputedStyle(element).overflowX === 'visible' && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
          .map(element => element.outerHTML.slice(0, 200))
        """;

    /// <summary>What is wrong with the page that is open, a line each; leaves it light and 1280 wide. Takes its <see cref="Pictures"/>, too.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(this IPage page, string name)
    {
        var problems = new List<string>();
        await LookAsync(ColorScheme.Dark, RulesOfColour);
        await LookAsync(ColorScheme.Light, Rules);
        await page.SetViewportSizeAsync(Narrowest, 800);
        if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth") is > Narrowest and var width)
        {
            problems.Add($"{name}: {width} pixels wide at {Narrowest}");
        }

        await CheckTextsAsync(Narrowest);
        await page.SetViewportSizeAsync(1280, 800);
        await CheckTextsAsync(1280);
        return problems;

        async Task CheckTextsAsync(int width) => problems.AddRange((await page.EvaluateAsync<string[]>(RunsOver)).Select(text => $"{name}: at {width} a text runs over its neighbour: {text}"));

        async Task LookAsync(ColorScheme scheme, AxeRunOptions rules)
        {
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            problems.AddRange((await page.RunAxe(rules)).Violations.Select(violation => $"{name}, {scheme}: {violation.Id}, {violation.Nodes[0].Html}"));
            await Pictures.TakeAsync(page, name, scheme);
        }
    }
}
