using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace ConnectorPlatform.Tests.Http;

/// <summary>A real server that remembers what reached it. Some faults, such as a cut body, only a real one can have.</summary>
internal sealed class LoopbackSource : IAsyncDisposable
{
    private readonly WebApplication _server;

    private LoopbackSource(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single() + "/");

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public static async Task<LoopbackSource> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var source = new LoopbackSource(builder.Build());
        source._server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            source.Requests.Enqueue(new SeenRequest(
                context.Request.Method, context.Request.GetEncodedPathAndQuery(), context.Request.Headers.Authorization, body));
            await answer(context);
        });
        await source._server.StartAsync(TestContext.Current.CancellationToken);
        return source;
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that a test left hanging must not hold the shutdown.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _server.StopAsync(atOnce.Token);
        await _server.DisposeAsync();
    }

    internal sealed record SeenRequest(string Method, string PathAndQuery, string? Authorization, string Body);
}
