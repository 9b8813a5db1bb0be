using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace ConnectorPlatform.Tests.People;

/// <summary>Every endpoint for everybody: <c>access.txt</c> says what each needs, and each is asked by each.</summary>
public sealed partial class AccessTests : IAsyncLifetime
{
    private const string Everybody = "everybody";

    private PeopleSite _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await PeopleSite.StartAsync(new KeyValuePair<string, string?>("Web:Development", "true"));

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public void Each_endpoint_declares_what_it_needs_as_the_table_says()
    {
        var declared = Endpoints().Select(endpoint => $"{endpoint.Method} {HashInName().Replace(endpoint.Path, "-{hash}.")} {Word(endpoint.Rule)}").ToList();

        // For who has added an endpoint: to be read before it is copied over the table.
        File.WriteAllLines(Repository.PathOf("artifacts", "access.txt"), declared);
        Assert.Equal(File.ReadAllLines(Repository.PathOf("tests", "People", "access.txt")), declared);
    }

    [Fact]
    public async Task Each_endpoint_lets_in_whom_the_table_says_and_nobody_else()
    {
        var callers = new List<(SiteBrowser Browser, IReadOnlySet<Permission> May, bool OnlyApi)> { (_site.Open(), Caller.Nobody.Permissions, false) };
        foreach (var role in Enum.GetValues<Role>())
        {
            _site.Add($"{role}", role);
            callers.Add((await _site.SignInAsync($"{role}"), role.Permissions(), false));
        }

        foreach (var scope in Enum.GetValues<TokenScope>())
        {
            callers.Add((ProgramOf(Role.Administrator, scope), scope.Permissions(), true));
        }

        callers.Add((ProgramOf(Role.Viewer, TokenScope.Admin), Role.Viewer.Permissions().Intersect(TokenScope.Admin.Permissions()).ToHashSet(), true));
        var wrong = new List<string>();
        foreach (var (method, path, rule) in Endpoints())
        {
            foreach (var (caller, index) in callers.Select((caller, index) => (caller, index)))
            {
                var isKnown = !caller.OnlyApi || path.StartsWith("/api", StringComparison.Ordinal) || path == "/metrics";
                var isAllowed = rule.IsOpenToThisMachine || rule.Permission is not { } needed || (isKnown && caller.May.Contains(needed));
                if (await IsLetInAsync(caller.Browser, method, path) != isAllowed)
                {
                    wrong.Add($"{method} {path} for caller {index}: {(isAllowed ? "refused" : "let in")}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task An_endpoint_that_declares_nothing_is_closed_to_all()
    {
        await using var site = await PeopleSite.StartAsync(server => server.MapGet("/forgotten", () => "open"));
        site.Add("ada", Role.Administrator);

        Assert.Equal(HttpStatusCode.SeeOther, await site.Open().StatusAsync("/forgotten"));
        Assert.Equal(HttpStatusCode.Forbidden, await (await site.SignInAsync("ada")).StatusAsync("/forgotten"));
    }

    [Fact]
    public async Task A_token_opens_no_page_and_its_use_is_seen()
    {
        var program = ProgramOf(Role.Administrator, TokenScope.Read);
        Assert.Null(_site.Part<ApiTokenStore>().List()[0].LastUsedAt);

        Assert.Equal(HttpStatusCode.OK, await program.StatusAsync("/api/v1/datasets"));
        Assert.Equal(HttpStatusCode.SeeOther, await program.StatusAsync("/"));
        Assert.NotNull(_site.Part<ApiTokenStore>().List()[0].LastUsedAt);
    }

    private SiteBrowser ProgramOf(Role role, TokenScope scope)
    {
        var person = _site.Part<PersonStore>().FindByName($"{role}") ?? _site.Add($"{role}", role);
        var program = _site.Open();
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", _site.Part<ApiTokenStore>().Add(person.Id, "script", [scope], TimeSpan.FromDays(1)).Key);
        return program;
    }

    /// <summary>Whether a request came past the door. Without a form's token, or a body, it does nothing behind it.</summary>
    private static async Task<bool> IsLetInAsync(SiteBrowser browser, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Parameter().Replace(path, "none"));
        if (method is not "GET" and not "HEAD")
        {
            request.Content = path.StartsWith("/api", StringComparison.Ordinal) ? new StringContent("[", Encoding.UTF8, "application/json") : new FormUrlEncodedContent([]);
        }

        using var answer = await browser.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        return answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            && answer.Headers.Location?.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal) != true;
    }

    private IEnumerable<(string Method, string Path, AccessRule Rule)> Endpoints() =>
        from endpoint in _site.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        let rule = endpoint.Metadata.GetMetadata<AccessRule>() ?? throw new InvalidOperationException($"{path} declares nothing.")
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method != "HEAD"
        orderby path, method
        select (method, path, rule);

    private static string Word(AccessRule rule) => rule.Permission is { } needed ? $"{needed}{(rule.IsOpenToThisMachine ? " or this machine" : "")}" : Everybody;

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"-[0-9a-f]{12}\.")]
    private static partial Regex HashInName();
}
