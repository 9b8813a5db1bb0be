using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace ConnectorPlatform.Host.Http;

/// <summary>Opens the clients that connectors use. One for the process: it holds the connections and each account's budget.</summary>
/// <param name="resolve">Finds the addresses of names; null asks the system.</param>
internal sealed class SourceHttp(HttpLimits limits, TimeProvider time, ResolveAsync? resolve = null) : IDisposable
{
    private static readonly ProductInfoHeaderValue UserAgent = new("ConnectorPlatform", typeof(SourceHttp).Assembly.GetName().Version!.ToString(2));

    private readonly ConcurrentDictionary<(string Account, RateBudget? Budget, int MaxConcurrency), AccountGate> _gates = new();
    private readonly ConcurrentDictionary<AuthenticationRule, AuthenticationHeader> _headers = new();
    // A connection that one connector may open must not serve another that may not.
    private readonly ConcurrentDictionary<string, SocketsHttpHandler> _sockets = new();

    /// <summary>A client for one operation; dispose of it afterwards. It bounds time itself and has no other time-out.</summary>
    /// <exception cref="ConnectorException">The authentication cannot be made from the credentials.</exception>
    public HttpClient Open(SourceAccess access)
    {
        DelegatingHandler[] outermostFirst =
        [
            new RequestLog(access, time),
            .. Tap(access),
            new RetryHandler(access, limits, time),
            .. Pace(access),
            new AttemptHandler(access, limits, time),
            new RedirectHandler(access.Usage, limits.MaxRedirects),
            new EgressGuard(access.Policy),
            .. Authentication(access),
        ];
        HttpMessageHandler chain = access.Tape is { } tape ? new SampleReplies(tape, access.Policy.BaseAddress) : SocketsFor(access.Policy);
        foreach (var handler in outermostFirst.Reverse())
        {
            handler.InnerHandler = chain;
            chain = handler;
        }

        var client = new HttpClient(chain, disposeHandler: false)
        {
            BaseAddress = access.Policy.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(UserAgent);
        return client;
    }

    /// <summary>The gate that all requests of the account pass.</summary>
    public IRequestGate GateOf(string accountKey, HttpPolicy policy) =>
        _gates.GetOrAdd(
            (accountKey, policy.RateBudget, policy.MaxConcurrency), static (key, time) => new AccountGate(key.MaxConcurrency, key.Budget, time), time);

    public void Dispose()
    {
        foreach (var sockets in _sockets.Values)
        {
            sockets.Dispose();
        }

        foreach (var gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    private SocketsHttpHandler SocketsFor(HttpPolicy policy) =>
        _sockets.GetOrAdd(string.Join(' ', policy.OpenAddresses.Select(open => open.ToString()).Order(StringComparer.Ordinal)), _ =>
        {
            var connections = new CheckedConnections(policy.OpenAddresses, resolve ?? Dns.GetHostAddressesAsync);
            return new SocketsHttpHandler
            {
                ConnectCallback = (context, cancellationToken) => connections.ConnectAsync(context.DnsEndPoint, cancellationToken),
                AllowAutoRedirect = false,
                UseCookies = false,

                // A proxy of the machine's environment would resolve names itself, past the check.
                UseProxy = false,
                AutomaticDecompression = DecompressionMethods.All,
                MaxConnectionsPerServer = limits.MaxConnectionsPerServer,
                PooledConnectionLifetime = limits.PooledConnectionLifetime,

                // The source has no business with the host's trace ids.
                ActivityHeadersPropagator = null,
            };
        });

    /// <summary>Sample data has no source that needs protection.</summary>
    private IEnumerable<DelegatingHandler> Pace(SourceAccess access)
    {
        if (access.Tape is null)
        {
            yield return new PaceHandler(access.Gate ?? GateOf(access.AccountKey, access.Policy), access.Usage, time);
        }
    }

    private static IEnumerable<DelegatingHandler> Tap(SourceAccess access)
    {
        if (access.Sent is { } sent)
        {
            yield return new ExchangeTap(access.Policy.BaseAddress, sent);
        }
    }

    private IEnumerable<DelegatingHandler> Authentication(SourceAccess access)
    {
        var rule = access.Policy.Authentication;
        if (rule.Type != "none")
        {
            var header = _headers.GetOrAdd(rule, AuthenticationHeader.From);
            yield return new AuthenticationHandler(header, access);
        }
    }
}
