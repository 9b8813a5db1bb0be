using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Tests.People;

/// <summary>Tokens that people make for themselves by the API: a token makes none that reaches further than itself.</summary>
public sealed class OwnTokenTests : IAsyncLifetime
{
    private const string Tokens = "/api/v1/profile/tokens";

    private PeopleSite _site = null!;
    private Person _bob = null!;
    private ApiToken _token = null!;
    private HttpClient _program = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ApiTokenStore Store => _site.Part<ApiTokenStore>();

    public async ValueTask InitializeAsync()
    {
        _site = await PeopleSite.StartAsync();
        _bob = _site.Add("bob", Role.Editor);
        (_token, var key) = Store.Add(_bob.Id, "script", [TokenScope.Read, TokenScope.Run], TimeSpan.FromDays(10));
        _program = With(key);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_description_of_the_API_says_how_a_program_signs_in()
    {
        var description = await SendAsync(HttpMethod.Get, "/api/v1/openapi.json", HttpStatusCode.OK);

        Assert.Contains("Authorization: Bearer TOKEN", description.GetProperty("info").GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal("bearer", description.GetProperty("components").GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme").GetString());
        Assert.Equal(JsonValueKind.Array, description.GetProperty("security")[0].GetProperty("token").ValueKind);
        Assert.Contains("curl -H \"Authorization: Bearer TOKEN\" http://", await (await _site.SignInAsync("bob")).GetAsync("/api"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_makes_lists_and_revokes_tokens_and_the_log_tells_so()
    {
        var others = Store.Add(_site.Add("eve", Role.Administrator).Id, "of Eve", [TokenScope.Read], TimeSpan.FromDays(10)).Token;

        var made = await SendAsync(HttpMethod.Post, Tokens, HttpStatusCode.OK, new { name = "child", scopes = new[] { "read" }, days = 5 });
        var id = made.GetProperty("token").GetProperty("id").GetString()!;
        using var child = With(made.GetProperty("key").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await child.GetAsync("/api/v1/datasets", Cancellation)).StatusCode);
        var listed = await SendAsync(HttpMethod.Get, Tokens, HttpStatusCode.OK);
        Assert.Equal([_token.Id, id], listed.GetProperty("items").EnumerateArray().Select(token => token.GetProperty("id").GetString()));
        await SendAsync(HttpMethod.Delete, $"{Tokens}/{others.Id}", HttpStatusCode.NotFound);
        await SendAsync(HttpMethod.Delete, $"{Tokens}/{id}", HttpStatusCode.NoContent);

        Assert.Equal(HttpStatusCode.Unauthorized, (await child.GetAsync("/api/v1/datasets", Cancellation)).StatusCode);
        var lines = _site.Part<AuditLog>().Find(new AuditSearch { What = "API token", Who = "bob" }, null, 10);
        Assert.Equal([("API token revoked", ActorKind.Token), ("API token made", ActorKind.Token)], lines.Select(line => (line.Action, line.ActorKind)));
    }

    [Theory]
    [InlineData("write", 5, "has not the scope write")]
    [InlineData("admin", 5, "has not the scope admin")]
    [InlineData("run", 11, "is good until")]
    [InlineData("read", 0, "lives for 1 to 366 days")]
    public async Task A_token_makes_none_that_may_more_or_lives_longer(string scope, int days, string words)
    {
        var refusal = await SendAsync(HttpMethod.Post, Tokens, HttpStatusCode.BadRequest, new { name = "child", scopes = new[] { "read", scope }, days });

        Assert.Contains(words, refusal.GetRawText(), StringComparison.Ordinal);
        Assert.Equal([_token.Id], Store.List(_bob.Id).Select(token => token.Id));
    }

    [Fact]
    public async Task Without_days_it_lives_as_long_as_the_token_that_made_it()
    {
        var made = await SendAsync(HttpMethod.Post, Tokens, HttpStatusCode.OK, new { name = "child", scopes = new[] { "read" } });

        Assert.True(made.GetProperty("token").GetProperty("expiresAt").GetDateTimeOffset() <= _token.ExpiresAt.AddSeconds(1));
    }

    [Fact]
    public async Task It_is_revoked_with_the_token_that_made_it()
    {
        var made = await SendAsync(HttpMethod.Post, Tokens, HttpStatusCode.OK, new { name = "child", scopes = new[] { "run" } });
        var further = With(made.GetProperty("key").GetString()!);
        using var grandchild = await further.PostAsJsonAsync(Tokens, new { name = "grandchild", scopes = new[] { "run" } }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, grandchild.StatusCode);

        await SendAsync(HttpMethod.Delete, $"{Tokens}/{_token.Id}", HttpStatusCode.NoContent);

        Assert.Empty(Store.List(_bob.Id));
        Assert.Equal(HttpStatusCode.Unauthorized, (await further.GetAsync("/api/v1/datasets", Cancellation)).StatusCode);
        Assert.Equal(3, _site.Part<AuditLog>().Find(new AuditSearch { What = "API token revoked" }, null, 10).Count);
    }

    [Fact]
    public async Task A_token_revokes_none_that_may_more()
    {
        var stronger = Store.Add(_bob.Id, "by hand", [TokenScope.Write], TimeSpan.FromDays(10)).Token;

        await SendAsync(HttpMethod.Delete, $"{Tokens}/{stronger.Id}", HttpStatusCode.BadRequest);

        Assert.Contains(Store.List(_bob.Id), token => token.Id == stronger.Id);
    }

    [Fact]
    public async Task Made_in_a_browser_a_token_may_what_its_person_may_and_no_more()
    {
        var bob = await _site.SignInAsync("bob");
        using var made = await bob.PostAsync("/profile", "/profile/tokens", ("name", "mine"), ("scope", "admin"), ("scope", "write"), ("days", "366"));
        var key = (await made.Content.ReadAsStringAsync(Cancellation)).Split(ApiTokenStore.Prefix)[1].Split('<', '"', '&')[0];
        using var program = With(ApiTokenStore.Prefix + key);

        Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/api/v1/people", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsJsonAsync("/api/v1/datasets", new { name = "Mine", connector = "hello" }, Cancellation)).StatusCode);
    }

    private HttpClient With(string key)
    {
        var browser = _site.Open();
        browser.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return browser.Http;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _program.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {(int)answer.StatusCode}\n{text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
