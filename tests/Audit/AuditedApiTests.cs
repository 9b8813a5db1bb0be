using System.Text.Json;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Web;

namespace ConnectorPlatform.Tests.Audit;

/// <summary>Every operation of the API that changes something or uses a secret leaves a line that says who did it.</summary>
public sealed class AuditedApiTests : IAsyncLifetime
{
    private const string Secret = "audit-canary-5d21b7";

    /// <summary>Operations that are no GET and change nothing that is kept.</summary>
    private static readonly string[] Harmless =
    [
        "POST /api/v1/schedules/next", "POST /api/v1/datasets/{dataSet}/sql", "POST /api/v1/datasets/{dataSet}/sql/export", "POST /api/v1/datasets/{dataSet}/change-effects",
        "POST /api/v1/connectors/{connector}/forms/{form}/settle", "POST /api/v1/datasets/{dataSet}/backfill-plan",
    ];

    /// <summary>What they do is a move of the backfill from state to state, and <see cref="AuditLogTests"/> looks at those.</summary>
    private static readonly string[] OfBackfills =
    [
        "POST /api/v1/datasets/{dataSet}/backfills", "POST /api/v1/datasets/{dataSet}/backfill/pause", "POST /api/v1/datasets/{dataSet}/backfill/resume",
        "POST /api/v1/datasets/{dataSet}/backfill/cancel", "POST /api/v1/datasets/{dataSet}/backfill/again",
    ];

    /// <summary>For who has signed in; <see cref="People.OwnTokenTests"/> looks at their lines.</summary>
    private static readonly string[] OfPeople = ["POST /api/v1/profile/tokens", "DELETE /api/v1/profile/tokens/{token}"];

    private readonly HashSet<string> _done = [];
    private ApiClient _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AuditLog Log => _api.Site.Part<AuditLog>();

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Each_leaves_its_line()
    {
        await AccountsAsync();
        await DataSetsAsync();
        await RunsAsync();
        await HeldRunsAsync();
        await NoticesAsync();
        await PeopleAsync();
        await DoAsync("PUT /settings", "changed", body: new { zone = "Europe/Berlin" });

        var changing = _api.Schema.Operations.Where(name => !name.StartsWith("GET ", StringComparison.Ordinal)).Except(Harmless).Except(OfBackfills).Except(OfPeople);
        Assert.Equal(changing.Order(StringComparer.Ordinal), _done.Order(StringComparer.Ordinal));
        Assert.Null(Log.Verify(null).Trouble);
        Assert.All(Log.FindAll(new AuditSearch()), entry => Assert.DoesNotContain(Secret, JsonSerializer.Serialize(entry), StringComparison.Ordinal));
        var told = (await _api.GetAsync("/audit?who=owner&what=renamed&limit=1")).Is(200).Json.GetProperty("items")[0];
        Assert.Equal("person", told.GetProperty("actor").GetProperty("kind").GetString());
        Assert.Equal("Second", told.GetProperty("after").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_refused_change_leaves_no_line()
    {
        var before = Log.Verify(null).Lines;

        (await _api.PostAsync("/datasets", new { name = "", connector = "hello" })).Is(400);
        (await _api.DeleteAsync("/accounts/nothing")).Is(404);

        Assert.Equal(before, Log.Verify(null).Lines);
    }

    [Fact]
    public async Task The_list_is_paged_from_the_newest_on()
    {
        for (var i = 0; i < 5; i++)
        {
            (await _api.SendAsync("PUT", "/settings", new { zone = i % 2 == 0 ? "Asia/Tokyo" : "Europe/Berlin" })).Is(200);
        }

        var first = (await _api.GetAsync("/audit?subject=setting&limit=3")).Is(200).Json;
        var second = (await _api.GetAsync($"/audit?subject=setting&limit=3&cursor={first.GetProperty("next").GetString()}")).Is(200).Json;
        var lines = first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(line => line.GetProperty("sequence").GetInt64()).ToList();

        Assert.Equal(5, lines.Count);
        Assert.Equal(lines.OrderDescending(), lines);
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    private async Task AccountsAsync()
    {
        var credentials = new { access_token = Secret };
        var path = (await DoAsync("POST /accounts", "added", body: new { name = "First", connector = "hello", credentials, check = false })).Location!["/api/v1".Length..];
        await DoAsync("PATCH /accounts/{account}", "renamed", path, new { name = "Second" });
        await DoAsync("PUT /accounts/{account}/credentials", "credentials replaced", $"{path}/credentials", new { credentials, check = false });
        await DoAsync("POST /accounts/{account}/test", "credentials used", $"{path}/test");
        await DoAsync("POST /connectors/{connector}/menus/{menu}", "credentials used", "/connectors/hello/menus/nothing", new { account = "Second", details = new { } }, status: null);
        await DoAsync("POST /previews", "credentials used", body: new { connector = "hello", account = "Second", details = new { } }, status: null);
        await DoAsync("POST /accounts/{account}/invitations", "colleague asked", $"{path}/invitations");
        (await _api.PostAsync("/accounts", new { name = "Third", connector = "hello", credentials, check = false })).Is(201);
        (await _api.PostAsync("/datasets", new { name = "Moved", connector = "hello", account = "Second" })).Is(201);
        await DoAsync("POST /accounts/{account}/move", "changed", $"{path}/move", new { to = "Third" });
        await DoAsync("DELETE /accounts/{account}", "removed", path);
        await DoAsync("PUT /connectors/{connector}/oauth-client", "OAuth client set", "/connectors/bitly/oauth-client", new { clientId = "client", clientSecret = Secret });
        await DoAsync("DELETE /connectors/{connector}/oauth-client", "OAuth client removed", "/connectors/bitly/oauth-client");
    }

    private async Task DataSetsAsync()
    {
        var path = $"/datasets/{(await DoAsync("POST /datasets", "added", body: new { name = "Greetings", connector = "hello" }))["id"]}";
        await DoAsync("PATCH /datasets/{dataSet}", "changed", path, new { description = "Of all" }, headers: ("If-Match", "*"));
        var schedule = await DoAsync("POST /datasets/{dataSet}/schedules", "changed", $"{path}/schedules", new { when = "every day at 06:00" });
        await DoAsync("PUT /datasets/{dataSet}/schedules/{schedule}", "changed", $"{path}/schedules/{schedule["id"]}", new { when = "every day at 07:00" });
        await DoAsync("POST /datasets/{dataSet}/pause", "changed", $"{path}/pause");
        await DoAsync("POST /datasets/{dataSet}/resume", "changed", $"{path}/resume");
        await DoAsync("DELETE /datasets/{dataSet}/schedules/{schedule}", "changed", $"{path}/schedules/{schedule["id"]}");
        await DoAsync("PUT /datasets/{dataSet}/max-age", "changed", $"{path}/max-age", new { seconds = 93_600 });
        var copy = await DoAsync("POST /datasets/{dataSet}/duplicate", "added", $"{path}/duplicate", new { name = "Copy" });
        await DoAsync("DELETE /datasets/{dataSet}", "removed", $"/datasets/{copy["id"]}", headers: ("If-Match", "*"));
    }

    private async Task RunsAsync()
    {
        var dataSet = Stored();
        var path = $"/datasets/{dataSet.Id}";
        var run = (await DoAsync("POST /datasets/{dataSet}/runs", "run", $"{path}/runs"))["id"];
        while (_api.Site.Part<RunStore>().Find(run)!.EndedAt is null)
        {
            await Task.Yield();
        }

        await DoAsync("POST /datasets/{dataSet}/undo", "last run undone", $"{path}/undo");
        await DoAsync("POST /datasets/{dataSet}/quarantine/replay", "quarantine replayed", $"{path}/quarantine/replay");
        await DoAsync("DELETE /datasets/{dataSet}/quarantine", "quarantine discarded", $"{path}/quarantine");
        var waiting = _api.Site.Part<RunStore>().Add(_api.Site.Part<RunEngine>().Begin(dataSet, RunTrigger.Schedule, "1.0.0") with { State = RunState.Queued });
        await DoAsync("POST /runs/{run}/cancel", "run cancelled", $"/runs/{waiting.Id}/cancel", status: null);
        waiting = _api.Site.Part<RunStore>().Add(_api.Site.Part<RunEngine>().Begin(dataSet, RunTrigger.Schedule, "1.0.0") with { State = RunState.Queued });
        await DoAsync("POST /runs/cancel-waiting", "run cancelled", "/runs/cancel-waiting", status: null);
        _api.Site.Part<RunStore>().Update(waiting with { State = RunState.Cancelled, Phase = RunPhase.Ended, EndedAt = TimeProvider.System.GetUtcNow() });
    }

    private async Task HeldRunsAsync()
    {
        (await _api.SendAsync("PATCH", $"/datasets/{Stored().Id}", new { rules = new { safeguards = new { addedColumns = "hold" } } }, ("If-Match", "*"))).Is(200);
        foreach (var (verb, action) in new[] { ("reject", "held run rejected"), ("approve", "held run approved") })
        {
            await CommitAnotherColumnAsync();
            var held = await _api.Site.Part<RunEngine>().RunAsync(Stored(), RunTrigger.Manual, Cancellation);
            Assert.Equal(RunState.Held, held.State);
            await DoAsync($"POST /runs/{{run}}/{verb}", action, $"/runs/{held.Id}/{verb}");
        }
    }

    private async Task NoticesAsync()
    {
        var rule = (await DoAsync("POST /notice-rules", "added", body: new { name = "Hook", on = new[] { "failure" }, channel = "webhook", url = $"http://127.0.0.1:9/{Secret}", signingKey = $"{Secret}-a-key-that-is-long-enough" })).Location!["/api/v1".Length..];
        await DoAsync("POST /notice-rules/{rule}/test", "secret used", $"{rule}/test");
        await DoAsync("DELETE /notice-rules/{rule}", "removed", rule);
    }

    private async Task PeopleAsync()
    {
        await DoAsync("POST /people", "added", body: new { name = "one@example.com", role = "editor" });
        (await _api.PostAsync("/people", new { name = "two@example.com", role = "editor" })).Is(200);
        await DoAsync("PATCH /people/{person}", "role changed", "/people/one@example.com", new { role = "viewer" });
        await DoAsync("POST /people/{person}/password-link", "one-time link made", "/people/one@example.com/password-link");
        var account = (await _api.PostAsync("/accounts", new { name = "Shared", connector = "hello", credentials = new { access_token = Secret }, check = false })).Is(201)["id"];
        foreach (var (kind, path) in new[] { ("datasets/{dataSet}", $"/datasets/{Stored().Id}"), ("accounts/{account}", $"/accounts/{account}") })
        {
            await DoAsync($"PUT /{kind}/shares/{{holder}}", "share given", $"{path}/shares/one@example.com", new { level = "own" });
        }

        await GroupsAndTokensAsync();
        await DoAsync("POST /people/{person}/transfer", "share taken", "/people/one@example.com/transfer", new { to = "two@example.com" });
        foreach (var (kind, path) in new[] { ("datasets/{dataSet}", $"/datasets/{Stored().Id}"), ("accounts/{account}", $"/accounts/{account}") })
        {
            (await _api.SendAsync("PUT", $"{path}/shares/one@example.com", new { level = "own" })).Is(200);
            await DoAsync($"DELETE /{kind}/shares/{{holder}}", "share taken", $"{path}/shares/one@example.com");
        }
    }

    private async Task GroupsAndTokensAsync()
    {
        await DoAsync("POST /groups", "added", body: new { name = "Marketing" });
        await DoAsync("PUT /groups/{group}/members/{person}", "member added", "/groups/Marketing/members/one@example.com");
        await DoAsync("DELETE /groups/{group}/members/{person}", "member removed", "/groups/Marketing/members/one@example.com");
        await DoAsync("DELETE /groups/{group}", "removed", "/groups/Marketing");
        var made = await DoAsync("POST /people/{person}/tokens", "API token made", "/people/one@example.com/tokens", new { name = "script", scopes = new[] { "read" }, days = 30 });
        var token = made.Json.GetProperty("token").GetProperty("id").GetString();
        await DoAsync("DELETE /people/{person}/tokens/{token}", "API token revoked", $"/people/one@example.com/tokens/{token}");
    }

    private async Task<ApiAnswer> DoAsync(string operation, string action, string? path = null, object? body = null, int? status = 0, params (string Name, string Value)[] headers)
    {
        var (method, route) = (operation.Split(' ')[0], operation.Split(' ')[1]);
        var before = Log.Verify(null).Lines;
        var answer = await _api.SendAsync(method, path ?? route, body, headers);
        Assert.True(status is null || answer.Status < 300, $"{operation}: {answer.Status} {answer.Text}");
        var lines = Log.Find(new AuditSearch(), null, 20).Where(entry => entry.Sequence > before).ToList();
        var line = lines.Find(entry => entry.Action == action);
        Assert.True(line is not null, $"{operation} left no line \"{action}\" but {string.Join(", ", lines.Select(entry => entry.Action))}. {answer.Text}");
        Assert.Equal((ActorKind.Person, "owner", "127.0.0.1"), (line.ActorKind, line.ActorName, line.Address));
        _done.Add($"{method} /api/v1{route}");
        return answer;
    }

    private DataSetConfiguration Stored() => _api.Site.Part<DataSetConfigurationStore>().Get("Greetings");

    private async Task CommitAnotherColumnAsync()
    {
        var dataSet = Stored();
        using var lease = await _api.Site.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = Guid.NewGuid().ToString("N"),
            Fence = _api.Site.Part<DataSetConfigurationStore>().NextFence(dataSet.Id),
            UpdateMethod = UpdateMethod.Replace,
            Time = TimeProvider.System,
        });
        writer.Append(new ConnectorContext { Http = _api.Site.Http }.BatchOfRows([new("another", ColumnType.String)], [["column"]]));
        writer.Commit(isFinal: true);
    }
}
