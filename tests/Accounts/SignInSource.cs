using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConnectorPlatform.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>
/// A source for <c>bitly</c> at which one signs in: a strict token endpoint (single-use codes, exact redirect addresses, PKCE, rotating refresh tokens),
/// and the user of each access token. What a user does on its sign-in page, a test does by <see cref="Consent"/>.
/// </summary>
internal sealed class SignInSource : IAsyncDisposable
{
    public const string ClientId = "client-of-this-host";
    public const string ClientSecret = "canary-client-secret";

    private readonly ConcurrentDictionary<string, Code> _codes = new();
    private readonly ConcurrentDictionary<string, string> _access = new();
    private readonly ConcurrentDictionary<string, string> _refresh = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new();
    private LoopbackSource _server = null!;
    private int _last;
    private int _refusals;

    public Uri Address => _server.Address;

    /// <summary>Seconds that access tokens live; null for tokens without an end.</summary>
    public int? Lifetime { get; set; } = 3600;

    public bool GivesRefreshTokens { get; set; } = true;

    /// <summary>Whether a refresh gives a new refresh token and makes the old one worthless.</summary>
    public bool Rotates { get; set; } = true;

    /// <summary>Whether a refresh token that was used is worthless at once; some sources take it again for a while, for clients that did not get the reply.</summary>
    public bool RetiresAtOnce { get; set; } = true;

    /// <summary>Its clock, by which its access tokens end; null where they end by the test's word alone.</summary>
    public TimeProvider? Clock { get; set; }

    public bool RepliesFormEncoded { get; set; }

    /// <summary>Answers token requests instead; false leaves them to the source.</summary>
    public Func<HttpContext, Task<bool>> InsteadOfTokens { get; set; } = _ => Task.FromResult(false);

    /// <summary>Requests for tokens by refresh token.</summary>
    public int Refreshes => _server.Requests.Count(request => request.Body.Contains("grant_type=refresh_token", StringComparison.Ordinal));

    /// <summary>Requests that came with an access token which is worth nothing.</summary>
    public int Refusals => _refusals;

    public IReadOnlyList<string> TokenRequests => [.. _server.Requests.Where(request => request.PathAndQuery == "/token").Select(request => request.Body)];

    /// <summary>Every token that it has given.</summary>
    public IEnumerable<string> Tokens => _access.Keys.Concat(_refresh.Keys);

    public static async Task<SignInSource> StartAsync()
    {
        var source = new SignInSource();
        source._server = await LoopbackSource.StartAsync(source.AnswerAsync);
        return source;
    }

    /// <summary>The settings that lead the connector here.</summary>
    public IEnumerable<(string Name, string Value)> Settings =>
    [
        ("Connectors:bitly:BaseAddress", Address.ToString()),
        ("Connectors:bitly:OAuth:AuthorizationUrl", $"{Address}authorize"),
        ("Connectors:bitly:OAuth:TokenUrl", $"{Address}token"),
        ("Connectors:bitly:OAuth:ClientId", ClientId),
        ("Connectors:bitly:OAuth:ClientSecret", ClientSecret),
    ];

    /// <summary>Somebody signs in and consents.</summary>
    /// <returns>Where the browser is sent back to, with code and state.</returns>
    public Uri Consent(Uri asked, string user)
    {
        var query = QueryHelpers.ParseQuery(asked.Query);
        var code = $"canary-code-{Interlocked.Increment(ref _last)}";
        _codes[code] = new Code(user, query["redirect_uri"]!, query["code_challenge"]);
        return new Uri(QueryHelpers.AddQueryString(query["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    /// <summary>From now on no token of the user does anything.</summary>
    public void Revoke(string user)
    {
        RefuseAccess(user);
        foreach (var token in _refresh.Where(token => token.Value == user).ToList())
        {
            _refresh.TryRemove(token);
        }
    }

    /// <summary>From now on access tokens that the user has got are refused; refresh tokens are not.</summary>
    public void RefuseAccess(string user)
    {
        foreach (var token in _access.Where(token => token.Value == user).ToList())
        {
            _access[token.Key] = "";
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            if (!await InsteadOfTokens(context))
            {
                await GiveTokensAsync(context, QueryHelpers.ParseQuery(_server.Requests.Last(request => request.PathAndQuery == "/token").Body).ToDictionary(field => field.Key, field => field.Value.ToString()));
            }

            return;
        }

        var token = context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        var user = _access.GetValueOrDefault(token, "");
        if (user.Length == 0 || (_ends.TryGetValue(token, out var end) && end <= Clock!.GetUtcNow()))
        {
            Interlocked.Increment(ref _refusals);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        await context.Response.WriteAsJsonAsync(context.Request.Path == "/user"
            ? new { login = user, name = user }
            : (object)new { id = "bit.ly/2Qj2niP", link = "https://bit.ly/2Qj2niP", long_url = "https://example.com/", created_at = "2020-02-26T04:00:39+0000", title = "T", archived = false });
    }

    private Task GiveTokensAsync(HttpContext context, Dictionary<string, string> form)
    {
        if (form.GetValueOrDefault("client_id") != ClientId || form.GetValueOrDefault("client_secret") != ClientSecret)
        {
            return RefuseAsync(context, "invalid_client");
        }

        if (form["grant_type"] == "refresh_token")
        {
            var token = form["refresh_token"];
            return (Rotates && RetiresAtOnce ? _refresh.TryRemove(token, out var owner) : _refresh.TryGetValue(token, out owner)) ? GiveAsync(context, owner!) : RefuseAsync(context, "invalid_grant");
        }

        return _codes.TryRemove(form["code"], out var code) && code.RedirectUri == form["redirect_uri"] && code.Challenge == Challenge(form.GetValueOrDefault("code_verifier"))
            ? GiveAsync(context, code.User)
            : RefuseAsync(context, "invalid_grant");
    }

    private async Task GiveAsync(HttpContext context, string user)
    {
        var number = Interlocked.Increment(ref _last);
        var reply = new Dictionary<string, string> { ["access_token"] = $"canary-access-{number}" };
        _access[reply["access_token"]] = user;
        if (GivesRefreshTokens && (Rotates || !_refresh.Values.Contains(user)))
        {
            reply["refresh_token"] = $"canary-refresh-{number}";
            _refresh[reply["refresh_token"]] = user;
        }

        if (Lifetime is { } seconds)
        {
            reply["expires_in"] = seconds.ToString(CultureInfo.InvariantCulture);
            if (Clock is { } clock)
            {
                _ends[reply["access_token"]] = clock.GetUtcNow().AddSeconds(seconds);
            }
        }

        if (RepliesFormEncoded)
        {
            context.Response.ContentType = "application/x-www-form-urlencoded";
            await context.Response.WriteAsync(QueryHelpers.AddQueryString("", reply!)[1..]);
            return;
        }

        await context.Response.WriteAsJsonAsync(reply);
    }

    private static Task RefuseAsync(HttpContext context, string error)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsJsonAsync(new { error });
    }

    private static string? Challenge(string? verifier) => verifier is null ? null : WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    private sealed record Code(string User, string RedirectUri, string? Challenge);
}
