using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Tests.People;

/// <summary>Groups and tokens by the API.</summary>
public sealed class PeopleApiTests : IAsyncLifetime
{
    private PeopleSite _site = null!;
    private HttpClient _root = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _site = await PeopleSite.StartAsync();
        _site.Add("bob", Role.Editor);
        _root = With(_site.Part<ApiTokenStore>().Add(_site.Add("root", Role.Administrator).Id, "script", [TokenScope.Admin], TimeSpan.FromDays(1)).Key);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_group_is_made_joined_left_and_removed()
    {
        var made = await SendAsync(_root, HttpMethod.Post, "/api/v1/groups", HttpStatusCode.OK, new { name = "Marketing" });
        var joined = await SendAsync(_root, HttpMethod.Put, "/api/v1/groups/marketing/members/bob", HttpStatusCode.OK);
        var listed = await SendAsync(_root, HttpMethod.Get, "/api/v1/groups", HttpStatusCode.OK);
        var left = await SendAsync(_root, HttpMethod.Delete, $"/api/v1/groups/{made.GetProperty("id").GetString()}/members/bob", HttpStatusCode.OK);
        await SendAsync(_root, HttpMethod.Delete, "/api/v1/groups/Marketing", HttpStatusCode.NoContent);
        await SendAsync(_root, HttpMethod.Delete, "/api/v1/groups/Marketing", HttpStatusCode.NotFound);

        Assert.Equal(("bob", 0), (joined.GetProperty("members")[0].GetString(), left.GetProperty("members").GetArrayLength()));
        Assert.Contains("Marketing", listed.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_shown_once_opens_what_it_is_for_and_is_revoked()
    {
        const string Tokens = "/api/v1/people/bob/tokens";
        await SendAsync(_root, HttpMethod.Post, Tokens, HttpStatusCode.BadRequest, new { name = "script", scopes = new[] { "read" }, days = 400 });
        var made = await SendAsync(_root, HttpMethod.Post, Tokens, HttpStatusCode.OK, new { name = "script", scopes = new[] { "read" }, days = 30 });
        var (id, key) = (made.GetProperty("token").GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
        var bob = With(key);
        await SendAsync(bob, HttpMethod.Get, "/api/v1/datasets", HttpStatusCode.OK);
        await SendAsync(bob, HttpMethod.Get, Tokens, HttpStatusCode.Forbidden);
        var listed = await SendAsync(_root, HttpMethod.Get, Tokens, HttpStatusCode.OK);
        await SendAsync(_root, HttpMethod.Delete, $"/api/v1/people/root/tokens/{id}", HttpStatusCode.NotFound);
        await SendAsync(_root, HttpMethod.Delete, $"{Tokens}/{id}", HttpStatusCode.NoContent);
        await SendAsync(bob, HttpMethod.Get, "/api/v1/datasets", HttpStatusCode.Unauthorized);

        Assert.Contains(id, listed.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.GetRawText(), StringComparison.Ordinal);
    }

    private HttpClient With(string key)
    {
        var browser = _site.Open();
        browser.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return browser.Http;
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, HttpStatusCode expected, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.StatusCode == expected, $"{method} {path}: {(int)answer.StatusCode}\n{text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
