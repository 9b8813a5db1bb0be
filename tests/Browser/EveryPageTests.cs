using System.Text.RegularExpressions;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Tests.People;
using ConnectorPlatform.Tests.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;

namespace ConnectorPlatform.Tests.Browser;

/// <summary>Every page that links lead to, in a real browser: accessible, narrow enough, without foreign scripts and without secrets.</summary>
public sealed partial class EveryPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    /// <summary>What answers with no page, and the pages that only <see cref="EveryStateTests"/> and the tests of signing in come to.</summary>
    private static readonly string[] Elsewhere =
    [
        "/favicon.ico", "/api/v1/", "/assets/", "/health/", "/metrics", "/runs/{id}/live", "/runs/live", "/runs/{id}/log.jsonl", "/datasets/{id}/export", "/settings/audit/export",
        "/connectors/{id}/icon", "/accounts/oauth/", "/sign-in", "/bulk/",
    ];

    /// <summary>Names that turn the writing around, and what follows each where nothing holds the turn back.</summary>
    private const string TurnedAround = """
        sign => {
          const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), turned = [];
          while (texts.nextNode()) {
            const text = texts.currentNode, at = text.data.lastIndexOf(sign);
            if (at < 0 || text.parentElement.closest('textarea, option')) continue;
            const holds = element => getComputedStyle(element).display !== 'inline' || /isolate|plaintext/.test(getComputedStyle(element).unicodeBidi);
            let holder = text.parentElement;
            while (!holds(holder)) holder = holder.parentElement;
            let rest = text.data.slice(at + sign.length);
            const following = document.createTreeWalker(holder, NodeFilter.SHOW_ALL, node => node.nodeType === 1 && holds(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
            following.currentNode = text;
            while (following.nextNode()) rest += following.currentNode.nodeType === 3 ? following.currentNode.data : '';
            if (rest.trim()) turned.push(rest.trim());
          }
          return turned;
        }
        """;

    [Fact]
    public async Task A_platform_that_is_empty_is_accessible_everywhere()
    {
        await using var site = await SiteClient.StartAsync();
        await CheckAsync(await chromium.OpenAsync(), site, "empty", ["/", "/no-such-page"]);
    }

    [Fact]
    public async Task A_platform_in_use_with_hostile_names_is_accessible_and_inert_on_every_page_that_it_has()
    {
        await using var people = await PeopleSite.StartAsync(KeyValuePair.Create<string, string?>("Web:Development", "true"));
        var ada = people.Add("ada", Role.Administrator);
        var unlinked = await DressedSite.DressAsync(people.Site, ada);
        var page = await chromium.OpenAsync();
        await page.GotoAsync($"{people.Site.Address}/sign-in");
        await page.GetByLabel("Name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(PeopleSite.Password);
        await page.LeaveAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync());

        var visited = await CheckAsync(page, people.Site, "", ["/", "/dev/forms", .. unlinked]);

        var pages = people.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => endpoint.RoutePattern.RawText!)
            .Where(pattern => !Elsewhere.Any(start => pattern.StartsWith(start, StringComparison.Ordinal)));
        var unseen = pages.Where(pattern => !visited.Any(path => Fits(path.Split('?')[0], pattern))).ToList();
        Assert.True(unseen.Count == 0, $"No link leads to {string.Join(", ", unseen)}; name such pages where the walk begins.");
    }

    private static bool Fits(string path, string pattern) => Regex.IsMatch(path, $"^{Parameter().Replace(pattern, "[^/]+")}$");

    private static async Task<IReadOnlyList<string>> CheckAsync(IPage page, SiteClient site, string name, IReadOnlyList<string> begin)
    {
        var problems = new List<string>();
        page.Dialog += (_, dialog) => problems.Add($"a script ran: {dialog.Message}");
        page.Console += (_, message) =>
        {
            // The browser itself tells of a page that answers 404.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                problems.Add($"{page.Url}: {message.Text}");
            }
        };

        var visited = await SiteWalk.VisitAsync(page, site.Address, begin, async path =>
        {
            problems.AddRange(await page.ProblemsAsync($"{name}{path}"));
            problems.AddRange((await page.EvaluateAsync<string[]>(TurnedAround, DressedSite.TurnedEnd)).Select(rest => $"{path}: a name turns around \"{rest}\""));
            if ((await page.ContentAsync()).Contains(DressedSite.Canary, StringComparison.Ordinal))
            {
                problems.Add($"{path}: shows the secret");
            }
        });

        Assert.True(problems.Count == 0, $"{problems.Count} problems:\n{string.Join('\n', problems)}\nof {visited.Count} pages: {string.Join(" ", visited)}");
        return visited;
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
