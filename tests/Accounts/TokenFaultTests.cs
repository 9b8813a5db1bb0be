using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>A token endpoint that answers late, wrongly or not at all, and what is sent to one.</summary>
public sealed class TokenFaultTests : IAsyncLifetime
{
    private const string Well = """{ "access_token": "a-new-token", "expires_in": 3600 }""";

    private static readonly OAuthClient Client = new("client:of+this host", "canary&secret=%");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly WireMockServer _server = WireMockServer.Start();
    private TestPlatform _platform = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Token => new($"{_server.Url}/token");

    public ValueTask InitializeAsync()
    {
        _platform = new TestPlatform
        {
            Time = _time,
            Settings =
            {
                ["Connectors:bitly:BaseAddress"] = _server.Url,
                ["Connectors:bitly:OAuth:AuthorizationUrl"] = $"{_server.Url}/authorize",
                ["Connectors:bitly:OAuth:TokenUrl"] = Token.ToString(),
                ["Connectors:bitly:OAuth:ClientId"] = Client.Id,
                ["Connectors:bitly:OAuth:ClientSecret"] = Client.Secret,
            },
        };
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        _server.Dispose();
    }

    public static TheoryData<string, Action<IRespondWithAProvider>> Troubles => new()
    {
        { "500 that speaks of the grant", reply => reply.RespondWith(Response.Create().WithStatusCode(500).WithBody("""{ "error": "invalid_grant" }""")) },
        { "503", reply => reply.RespondWith(Response.Create().WithStatusCode(503)) },
        { "a page", reply => reply.RespondWith(Response.Create().WithStatusCode(400).WithBody("<html><a href='?error=invalid_grant'>Sign in</a></html>")) },
        { "half of a reply", reply => reply.RespondWith(Response.Create().WithBody(Well[..20])) },
        { "bytes", reply => reply.RespondWith(Response.Create().WithHeader("Content-Type", "application/json; charset=none-such").WithBody([0xff, 0x00, 0x7b, 0xc0])) },
        { "nothing", reply => reply.RespondWith(Response.Create().WithStatusCode(200)) },
        { "another address", reply => reply.RespondWith(Response.Create().WithStatusCode(307).WithHeader("Location", "/elsewhere")) },
        { "no connection to the end", reply => reply.RespondWith(Response.Create().WithBody(Well).WithFault(FaultType.MALFORMED_RESPONSE_CHUNK)) },
        { "this host is unknown", reply => reply.RespondWith(Response.Create().WithStatusCode(401).WithBody("""{ "error": "invalid_client" }""")) },
    };

    [Theory]
    [MemberData(nameof(Troubles), DisableDiscoveryEnumeration = true)]
    public async Task Trouble_of_the_token_endpoint_is_tried_again_later_with_the_token_that_is_there(string trouble, Action<IRespondWithAProvider> answer)
    {
        var account = AddAccount();
        var before = _platform.GrantOf(account);
        answer(_server.Given(Request.Create().WithPath("/token")));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => _platform.TokenAsync(account));
        var untouched = _platform.GrantOf(account);
        _server.ResetMappings();
        Answer(Well);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(failure.Kind == FailureKind.Source, $"{trouble}: {failure.Message}");
        Assert.DoesNotContain("reconnect", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, untouched);
        Assert.Equal("a-new-token", await _platform.TokenAsync(account));
        Assert.DoesNotContain(_server.LogEntries, entry => entry.RequestMessage!.Path == "/elsewhere");
        Assert.False(_platform.Part<AccountStore>().GetById(account.Id).IsRefused);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_waited_for_half_a_minute()
    {
        await using var source = await SignInSource.StartAsync();
        await using var platform = new TestPlatform { Time = _time, Settings = source.Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value) };
        var account = await platform.ConnectAsync(source);
        var before = platform.GrantOf(account);
        var (asked, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        source.InsteadOfTokens = async _ =>
        {
            asked.TrySetResult();
            await ended.Task.WaitAsync(Cancellation);
            return true;
        };
        _time.Advance(TimeSpan.FromHours(1));

        var waiting = platform.TokenAsync(account);
        await asked.Task.WaitAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(29));
        var isWaitedFor = !waiting.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<ConnectorException>(() => waiting);
        ended.SetResult();

        Assert.True(isWaitedFor);
        Assert.Equal((FailureKind.Source, "127.0.0.1 did not answer in time when it was asked for a token."), (failure.Kind, failure.Message));
        Assert.Equal(before, platform.GrantOf(account));
    }

    [Fact]
    public async Task A_sign_in_that_comes_back_after_its_time_connects_nothing_and_its_code_is_not_used()
    {
        await using var source = await SignInSource.StartAsync();
        await using var platform = new TestPlatform { Time = _time, Settings = source.Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value) };
        var back = source.Consent(platform.BeginSignIn(), "acme");
        _time.Advance(PendingSignInStore.Patience);

        var refusal = await Assert.ThrowsAsync<SignInRefusedException>(() => platform.EndSignInAsync(back));

        Assert.Equal("The sign-in took longer than 15 minutes. Begin it anew.", refusal.Message);
        Assert.Empty(source.TokenRequests);
        Assert.Empty(platform.Part<AccountStore>().List());
    }

    [Theory]
    [InlineData("post", "grant_type=refresh_token&refresh_token=a-refresh-token&client_id=client%3Aof%2Bthis+host&client_secret=canary%26secret%3D%25", null)]
    [InlineData("basic", "grant_type=refresh_token&refresh_token=a-refresh-token", "client%3Aof%2Bthis+host:canary%26secret%3D%25")]
    [InlineData("none", "grant_type=refresh_token&refresh_token=a-refresh-token&client_id=client%3Aof%2Bthis+host", null)]
    public async Task The_client_proves_who_it_is_as_the_form_declares(string clientAuth, string body, string? basic)
    {
        Answer(Well);
        var server = AuthorizationServer.Read(
            JsonElement.Parse($$"""{ "authorizationUrl": "https://example.com/", "tokenUrl": "https://example.com/", "clientAuth": "{{clientAuth}}" }"""),
            name => name == "tokenUrl" ? Token.ToString() : null);

        await _platform.Part<TokenEndpoint>().RefreshAsync(server, Client, "a-refresh-token", Cancellation);

        var sent = Assert.Single(_server.LogEntries).RequestMessage!;
        Assert.Equal((Token.ToString(), body), (sent.Url, sent.Body));
        var header = sent.Headers!.TryGetValue("Authorization", out var values) ? Assert.Single(values) : null;
        Assert.Equal(basic is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)), header);
    }

    private void Answer(string body) => _server.Given(Request.Create().WithPath("/token").UsingPost()).RespondWith(Response.Create().WithBody(body));

    private Account AddAccount()
    {
        var account = _platform.AddAccount("bitly", """{ "sign_in": "oauth" }""");
        var now = _time.GetUtcNow();
        _platform.Part<GrantStore>().Put(
            account.Id, new Grant { AccessToken = "an-old-token", RefreshToken = "a-refresh-token", GrantedAt = now - TimeSpan.FromHours(2), ExpiresAt = now - TimeSpan.FromHours(1) });
        return account;
    }
}
