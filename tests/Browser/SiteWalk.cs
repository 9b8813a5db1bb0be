using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Finds the pages of a site by following its links, as a visitor would.</summary>
internal static partial class SiteWalk
{
    // A page for each DataSet, run or connector looks like its sisters: so many of each kind are enough, and of each so many ways to ask for it.
    private const int OfAKind = 2;
    private const int WaysToAsk = 3;

    private const int Most = 120;

    /// <summary>Visits every page that links lead to.</summary>
    /// <param name="page">The browser's.</param>
    /// <param name="address">The site's.</param>
    /// <param name="begin">Where to begin.</param>
    /// <param name="look">Called on each page, with its path.</param>
    /// <returns>The paths.</returns>
    public static async Task<IReadOnlyList<string>> VisitAsync(IPage page, string address, IReadOnlyList<string> begin, Func<string, Task> look)
    {
        var (waiting, seen, kinds) = (new Queue<string>(begin), new HashSet<string>(begin), new Dictionary<string, int>());
        var visited = new List<string>();
        while (waiting.TryDequeue(out var path))
        {
            Assert.True(visited.Count < Most, $"There are over {Most} kinds of page; the last are {string.Join(" ", visited.TakeLast(5))}.");
            var response = await page.GotoAsync(address + path);
            if (response?.Headers.GetValueOrDefault("content-type")?.StartsWith("text/html", StringComparison.Ordinal) != true)
            {
                continue;
            }

            visited.Add(path);
            await look(path);
            foreach (var link in await LinksAsync(page, address))
            {
                if (seen.Add(link) && IsWanted(link))
                {
                    waiting.Enqueue(link);
                }
            }
        }

        return visited;

        bool IsWanted(string link) => link.Split('?') is [var plain, _]
            ? Count(Kind(link)) == 1 && Count($"{Kind(plain)}?") <= WaysToAsk
            : Count(Kind(link)) <= OfAKind;

        int Count(string kind) => kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
    }

    /// <summary>A name for the page's file: its path without ids.</summary>
    public static string Kind(string path) => Identifier().Replace(QueryValue().Replace(path, "$1"), "ID").Trim('/').Replace('/', '-');

    private static async Task<IEnumerable<string>> LinksAsync(IPage page, string address)
    {
        var links = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href]:not([download])')].map(link => link.href)");
        return links
            .Where(link => link.StartsWith(address + "/", StringComparison.Ordinal))
            .Select(link => link[address.Length..].Split('#')[0])
            .Where(link => !Download().IsMatch(link));
    }

    [GeneratedRegex("[0-9a-f]{32}|(?<=/)[A-Za-z0-9_-]{43}|[0-9]+")]
    private static partial Regex Identifier();

    [GeneratedRegex("([?&][^=&]+)=[^&]*")]
    private static partial Regex QueryValue();

    [GeneratedRegex("/export|/download|\\.json$|^/metrics|^/health")]
    private static partial Regex Download();
}
