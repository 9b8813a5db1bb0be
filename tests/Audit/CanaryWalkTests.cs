using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Laws;
using ConnectorPlatform.Tests.Support;
using ConnectorPlatform.Tests.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>
/// Secrets of every kind are put into a platform and used, by a source that tells them back; then each file, log, page, answer of the API, export and
/// output of the command line is searched for them, in every way in which they may be written.
/// </summary>
public sealed partial class CanaryWalkTests : IAsyncLifetime
{
    private const int MostPages = 150;

    private static readonly string[] Secrets =
    [
        Canary.For("token"), Canary.For("client-secret"), Canary.For("next-token"), Canary.For("refused-token"), Canary.For("hook"), Canary.For("signing-key-of-the-hook"), Canary.For("mail-password"),
    ];

    private readonly CollectedLog _log = new();
    private readonly List<string> _found = [];
    private GreetingSource _source = null!;
    private ApiClient _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SiteClient Site => _api.Site;

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        var site = await SiteClient.StartAsync((folder, address) =>
        {
            var server = Server.Build(folder.File("data"), address);
            server.Services.GetRequiredService<ILoggerFactory>().AddProvider(_log);
            server.Configuration["Connectors:hello:BaseAddress"] = _source.Address.ToString();
            return server;
        });
        _api = new ApiClient(site, new ApiSchema(JsonElement.Parse(await site.GetAsync("/api/v1/openapi.json"))));
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_is_found_anywhere()
    {
        var known = await UseAsync();

        await WalkPagesAsync();
        await ReadApiAsync(known);
        await ReadCommandsAsync(known["dataSet"], known["run"]);
        Search("the log", string.Join('\n', _log.Lines));
        _found.AddRange(Secrets.SelectMany(secret => Canary.FindInFiles(Site.DataFolder, secret)));

        Assert.True(_found.Count == 0, string.Join('\n', _found));
    }

    /// <summary>Puts the secrets in, and makes runs, checks, menus and notices of them.</summary>
    private async Task<Dictionary<string, string>> UseAsync()
    {
        var account = await PostAsync("/accounts", new { name = "Canary", connector = "hello", credentials = new { access_token = Canary.For("token") }, check = false }, ("Idempotency-Key", "canary-1"));
        var rule = await PostAsync("/notice-rules", new { name = "Hook", on = new[] { "failure" }, channel = "webhook", url = $"http://127.0.0.1:9/{Uri.EscapeDataString(Canary.For("hook"))}", signingKey = Canary.For("signing-key-of-the-hook") });
        (await _api.SendAsync("PUT", "/connectors/bitly/oauth-client", new { clientId = "client", clientSecret = Canary.For("client-secret") })).Is(200);
        await PostAsync("/notice-rules", new
        {
            name = "Mail",
            on = new[] { "failure" },
            channel = "email",
            to = new[] { "to@example.com" },
            from = "from@example.com",
            server = "127.0.0.1",
            port = 9,
            encryption = "none",
            user = "user",
            password = Canary.For("mail-password"),
        });
        var dataSet = await PostAsync("/datasets", new { name = "Greetings", connector = "hello", account = "Canary" });
        var run = await RunAsync();
        (await _api.SendAsync("PUT", $"/accounts/{account}/credentials", new { credentials = new { access_token = Canary.For("next-token") }, check = false })).Is(200);
        _source.Instead = TellBackAsync;
        await RunAsync();
        await RunAsync();
        await _api.PostAsync($"/accounts/{account}/test");
        await _api.PostAsync($"/notice-rules/{rule}/test");
        await _api.PostAsync("/notice-rules/Mail/test");
        await _api.PostAsync("/accounts", new { name = "Refused", connector = "hello", credentials = new { access_token = Canary.For("refused-token") }, check = true });
        await _api.PostAsync("/accounts", new { name = "Unfit", connector = "hello", credentials = new { access_token = Canary.For("refused-token"), no_such_field = 1 }, check = false });
        return new() { ["account"] = account, ["rule"] = rule, ["dataSet"] = dataSet, ["run"] = run, ["connector"] = "hello", ["form"] = "credentials" };
    }

    private async Task<string> PostAsync(string path, object body, params (string Name, string Value)[] headers)
    {
        var answer = (await _api.PostAsync(path, body, headers)).Is(201);
        Search($"POST {path}", answer.Text);
        return answer["id"];
    }

    private async Task<string> RunAsync()
    {
        var dataSet = Site.Part<DataSetConfigurationStore>().Get("Greetings");
        return (await Site.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation)).Id;
    }

    private static async Task<bool> TellBackAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers["X-Echo"] = Uri.EscapeDataString(authorization);
        await context.Response.WriteAsJsonAsync(new { message = $"Not with {authorization}", basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization["Bearer ".Length..])) }, context.RequestAborted);
        return true;
    }

    private async Task WalkPagesAsync()
    {
        var (waiting, seen) = (new Queue<string>(["/", "/no-such-page"]), new HashSet<string>());
        while (waiting.TryDequeue(out var path) && seen.Count < MostPages)
        {
            using var response = await Site.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                continue;
            }

            var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(Cancellation));
            Search($"the page {path}", $"{response.Headers}{text}");
            foreach (var link in Link().Matches(text).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value).Split('#')[0]).Where(seen.Add))
            {
                waiting.Enqueue(link);
            }
        }

        Assert.Contains("/settings/audit", seen);
        Assert.Contains(seen, path => path.EndsWith("/credentials", StringComparison.Ordinal));
        Assert.Contains(seen, path => path.Contains("/export?format=parquet", StringComparison.Ordinal));
    }

    private async Task ReadApiAsync(Dictionary<string, string> known)
    {
        foreach (var path in _api.Schema.Operations.Where(name => name.StartsWith("GET ", StringComparison.Ordinal)).Select(name => name["GET ".Length..]))
        {
            var filled = Placeholder().Replace(path, match => known.GetValueOrDefault(match.Groups[1].Value, "nothing"));
            using var response = await Site.Http.GetAsync(filled, Cancellation);
            Search($"GET {filled}", $"{response.Headers}{Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(Cancellation))}");
        }
    }

    private async Task ReadCommandsAsync(string dataSet, string run)
    {
        var program = new HostProgram(Site.DataFolder) { Environment = { ["Connectors__hello__BaseAddress"] = _source.Address.ToString() } };
        foreach (var verb in (string[][])
        [
            ["account", "list", "--json"], ["account", "test", "Canary", "--verbose"], ["notice", "list", "--json"], ["notice", "log"], ["dataset", "show", dataSet, "--json"],
            ["dataset", "run", dataSet, "--verbose"], ["runs", "show", run, "--json"], ["runs", "log", dataSet], ["audit", "list", "--json"],
        ])
        {
            var result = await program.RunAsync(verb);
            Search($"the command {string.Join(' ', verb)}", result.Output + result.Error);
        }
    }

    private void Search(string where, string text) =>
        _found.AddRange(Secrets.SelectMany(secret => Canary.FindIn(text, secret)).Select(found => $"{where}: {(found.Length > 400 ? found[^400..] : found)}"));

    [GeneratedRegex("href=\"(/[^\"/][^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
