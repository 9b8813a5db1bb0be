using System.Collections.Concurrent;
using System.Text;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A request as it reached the source.</summary>
internal sealed record SeenRequest(string Host, string Address, string Headers);

/// <summary>A real server on loopback that answers as the package's samples do, unless a check comes between.</summary>
internal sealed class SampleSource : IAsyncDisposable
{
    /// <summary>Another name of this machine: a host that no manifest allows.</summary>
    public const string Elsewhere = "localhost";

    private readonly WebApplication _server;
    private readonly Uri _recorded;
    private HttpMessageInvoker _replies = null!;
    private int _requests;

    private SampleSource(WebApplication server, Uri recorded) => (_server, _recorded) = (server, recorded);

    /// <summary>What to use as the base address instead of the package's.</summary>
    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Comes before request <c>number</c>, counted from 1 since <see cref="Forget"/>; true when it has answered itself.</summary>
    public Func<HttpContext, int, Task<bool>> Interfere { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Changes a recorded reply's body on its way.</summary>
    public Func<string, string> Alter { get; set; } = body => body;

    public static async Task<SampleSource> StartAsync(ConnectorPackage package, SampleTape tape, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var source = new SampleSource(builder.Build(), package.Manifest.Http.BaseAddress);
        source._server.Run(source.AnswerAsync);
        await source._server.StartAsync(cancellationToken).ConfigureAwait(false);
        source.Address = new Uri(new Uri(source._server.Urls.Single()), source._recorded.AbsolutePath);
        source._replies = new HttpMessageInvoker(new SampleReplies(tape, source.Address));
        return source;
    }

    /// <summary>Counts requests anew, and answers as recorded.</summary>
    public void Forget()
    {
        _requests = 0;
        Requests.Clear();
        Interfere = (_, _) => Task.FromResult(false);
        Alter = body => body;
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that a check left hanging must not hold the shutdown.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(atOnce.Token).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _replies.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(new SeenRequest(
            context.Request.Host.Host,
            context.Request.GetEncodedPathAndQuery(),
            string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))));
        if (!await Interfere(context, Interlocked.Increment(ref _requests)).ConfigureAwait(false))
        {
            await ReplayAsync(context).ConfigureAwait(false);
        }
    }

    private async Task ReplayAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.GetEncodedUrl())
        {
            Content = body.Length > 0 ? new StringContent(body, Encoding.UTF8) : null,
        };
        HttpResponseMessage reply;
        try
        {
            reply = await _replies.SendAsync(request, context.RequestAborted).ConfigureAwait(false);
        }
        catch (ConnectorException exception)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync(exception.Message, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        using (reply)
        {
            await CopyAsync(reply, context).ConfigureAwait(false);
        }
    }

    private async Task CopyAsync(HttpResponseMessage reply, HttpContext context)
    {
        context.Response.StatusCode = (int)reply.StatusCode;
        foreach (var (name, values) in reply.Headers.Concat(reply.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
        {
            context.Response.Headers[name] = values.Select(Here).ToArray();
        }

        var body = await reply.Content.ReadAsStringAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsync(Alter(Here(body)), context.RequestAborted).ConfigureAwait(false);
    }

    // Links to further pages lead to this server too.
    private string Here(string text) =>
        text.Replace(_recorded.GetLeftPart(UriPartial.Authority), Address.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
