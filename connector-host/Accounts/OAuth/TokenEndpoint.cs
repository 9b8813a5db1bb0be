using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>The source refuses what an account was granted: whoever owns the account must sign in again.</summary>
internal sealed class GrantRefusedException(string message) : Exception(message);

/// <summary>
/// Asks token endpoints for tokens. A request goes to the declared address and nowhere else: no redirect is followed. No message holds anything that was sent.
/// </summary>
internal sealed class TokenEndpoint : IDisposable
{
    private const int LargestReply = 1024 * 1024;

    /// <summary>How long an answer may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="connectAsync">Opens connections, to where they may go.</param>
    /// <param name="time">Measures how long an answer takes.</param>
    public TokenEndpoint(Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> connectAsync, TimeProvider time)
    {
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (context, cancellationToken) => connectAsync(context.DnsEndPoint, cancellationToken),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestReply,
        };
    }

    /// <summary>Exchanges the code that a sign-in has ended with.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public Task<TokenReply> ExchangeAsync(AuthorizationServer server, OAuthClient client, AuthorizationCode code, CancellationToken cancellationToken) => AskAsync(
        server.TokenEndpoint,
        server.ClientAuthentication,
        client,
        [
            new("grant_type", "authorization_code"),
            new("code", code.Code),
            new("redirect_uri", code.RedirectUri),
            .. server.UsesPkce ? [new("code_verifier", code.Verifier)] : Array.Empty<KeyValuePair<string, string>>(),
        ],
        cancellationToken);

    /// <inheritdoc cref="AskAsync" path="/exception"/>
    public Task<TokenReply> RefreshAsync(AuthorizationServer server, OAuthClient client, string refreshToken, CancellationToken cancellationToken) => AskAsync(
        server.RefreshEndpoint,
        server.ClientAuthentication,
        client,
        [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)],
        cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <exception cref="GrantRefusedException">The code or refresh token is refused.</exception>
    /// <exception cref="ConnectorException">The endpoint has trouble, or refuses this host; trying later may help.</exception>
    private async Task<TokenReply> AskAsync(
        Uri endpoint, ClientAuthentication authentication, OAuthClient client, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] sent = [.. parameters, .. Identification(authentication, client)];
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(sent) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (authentication == ClientAuthentication.Basic)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Basic(client));
        }

        using var late = new CancellationTokenSource(Patience, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, ended.Token).ConfigureAwait(false);
            var reply = TokenReply.Read(await TextAsync(response.Content, ended.Token).ConfigureAwait(false));
            return Judge(endpoint.Host, response.StatusCode, reply.Without([.. sent.Where(IsSecret).Select(parameter => parameter.Value)]));
        }
        catch (HttpRequestException exception)
        {
            throw Later(exception.InnerException is ConnectorException refused ? refused.Message : $"{endpoint.Host} cannot be reached for a token: {exception.HttpRequestError}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Later($"{endpoint.Host} did not answer in time when it was asked for a token.");
        }
    }

    // UTF-8 whatever the content type says: one that names no known character set would otherwise be a failure of this host.
    private static async Task<string> TextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private static TokenReply Judge(string host, HttpStatusCode status, TokenReply reply)
    {
        var told = reply.ErrorDescription is { } description && description != reply.Error ? $"{reply.Error}: {description}" : reply.Error ?? $"status {(int)status}";
        return (int)status switch
        {
            >= 200 and < 300 when reply.Error is null => reply.AccessToken is null ? throw Later($"{host} answered without a token.") : reply,
            429 or >= 500 => throw Later($"{host} has trouble of its own and gave no token ({told})."),
            _ when reply.Error is "invalid_client" or "unauthorized_client" => throw Later(
                $"{host} does not accept this host's client ({told}): the operator must correct the client id and secret of the connector."),
            _ when reply.Error is "temporarily_unavailable" or "slow_down" or null => throw Later($"{host} gave no token ({told})."),
            _ => throw new GrantRefusedException($"{host} refuses the sign-in ({told})."),
        };
    }

    private static bool IsSecret(KeyValuePair<string, string> parameter) => parameter.Key is "code" or "code_verifier" or "refresh_token" or "client_secret";

    private static IEnumerable<KeyValuePair<string, string>> Identification(ClientAuthentication authentication, OAuthClient client) => authentication switch
    {
        ClientAuthentication.Basic => [],
        ClientAuthentication.Post when client.Secret is { } secret => [new("client_id", client.Id), new("client_secret", secret)],
        _ => [new("client_id", client.Id)],
    };

    // RFC 6749, 2.3.1: form-encoded before they are joined.
    private static string Basic(OAuthClient client) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(client.Id)}:{WebUtility.UrlEncode(client.Secret ?? "")}"));

    private static ConnectorException Later(string message) => new(FailureKind.Source, message);
}

/// <summary>What a sign-in has ended with.</summary>
/// <param name="RedirectUri">Where it came to, exactly as it was asked for.</param>
/// <param name="Verifier">Shows that who exchanges the code is who asked for it (RFC 7636).</param>
internal sealed record AuthorizationCode(string Code, string RedirectUri, string Verifier);
