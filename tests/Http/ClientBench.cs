using System.Collections.Concurrent;
using System.Text.Json;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

/// <summary>The whole chain, from the client that a connector gets to a real server, on a clock that goes when it is waited for.</summary>
internal sealed class ClientBench : IAsyncDisposable
{
    public const string Token = "s3cret/token+value";

    private ClientBench(LoopbackSource source, HttpLimits limits, ResolveAsync? resolve) => (Source, Http) = (source, new SourceHttp(limits, Clock, resolve));

    public LoopbackSource Source { get; }

    public SourceHttp Http { get; }

    public WaitingClock Clock { get; } = new();

    public HttpUsage Usage { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ClientBench> StartAsync(RequestDelegate answer, HttpLimits? limits = null, ResolveAsync? resolve = null) =>
        new(await LoopbackSource.StartAsync(answer), limits ?? new HttpLimits { AttemptTimeout = TimeSpan.FromHours(1) }, resolve);

    /// <summary>Answers the first requests with the given statuses and all later ones with 200 and <c>{"ok":true}</c>.</summary>
    public static Task<ClientBench> StartAsync(params int[] statuses) => StartAsync(Answers(statuses));

    public static RequestDelegate Answers(params int[] statuses)
    {
        var rest = new ConcurrentQueue<int>(statuses);
        return context =>
        {
            context.Response.StatusCode = rest.TryDequeue(out var status) ? status : 200;
            return context.Response.WriteAsync("""{"ok":true}""", Cancellation);
        };
    }

    public HttpClient Open(HttpPolicy? policy = null, string account = "account", string credentials = $$"""{"access_token":"{{Token}}"}""")
    {
        var values = JsonElement.Parse(credentials);
        return Http.Open(new SourceAccess
        {
            Policy = policy ?? Policy,
            Credentials = values,
            Mask = SecretMask.For(values),
            AccountKey = account,
            Usage = Usage,
            Log = Log.Enqueue,
        });
    }

    public HttpPolicy Policy => new() { BaseAddress = Source.Address, OpenAddresses = [OpenAddress.Parse("127.0.0.0/8")], Authentication = new AuthenticationRule("bearer") };

    public Task<HttpResponseMessage> GetAsync(string path = "things") => Clock.RunAsync(Open().GetAsync(path, Cancellation));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Source.DisposeAsync();
    }
}
