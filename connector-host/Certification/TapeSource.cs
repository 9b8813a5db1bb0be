using System.Collections.Concurrent;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A request at the source, which a fault may answer instead of the tape.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Exchange">What the tape would answer with; null when it has no reply.</param>
internal sealed record SourceTurn(TapeSource Source, HttpContext Context, int Number, string Path, SampleExchange? Exchange)
{
    public HttpResponse Response => Context.Response;

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Answers with a text.</summary>
    public async Task<bool> AnswerAsync(int status, string text, string type = "application/json")
    {
        Response.StatusCode = status;
        Response.ContentType = $"{type}; charset=utf-8";
        await Response.WriteAsync(text, Aborted).ConfigureAwait(false);
        return true;
    }
}

/// <summary>A server on this machine that stands for the source: it answers from the samples, with the faults that a law wants.</summary>
internal sealed class TapeSource : IAsyncDisposable
{
    private readonly SampleTape _tape;
    private readonly Uri _original;
    private readonly ReadingRequest _request;
    private readonly WebApplication _server;
    private int _requests;
    private int _unanswered;

    private TapeSource(SampleTape tape, Uri original, ReadingRequest request, WebApplication server) =>
        (_tape, _original, _request, _server) = (tape, original, request, server);

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>The places of the exchanges that were replayed.</summary>
    public ConcurrentQueue<string> Replayed { get; } = new();

    public int Unanswered => _unanswered;

    /// <summary>Cancelled when the connector asks for more than a reading may.</summary>
    public CancellationTokenSource TooMany { get; } = new();

    public Uri BaseAddress => new(new Uri(_server.Urls.Single()), _original.AbsolutePath);

    public static async Task<TapeSource> StartAsync(SampleTape tape, Uri original, ReadingRequest request, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var source = new TapeSource(tape, original, request, builder.Build());
        source._server.Run(source.AnswerAsync);
        await source._server.StartAsync(cancellationToken).ConfigureAwait(false);
        return source;
    }

    /// <summary>The text of a recorded reply, its addresses leading here, altered as the reading wants.</summary>
    public string TextOf(SampleExchange exchange)
    {
        var text = exchange.Reply.Text;
        return Here(_request.Alter?.Invoke(exchange, text) ?? text);
    }

    public async Task ReplayAsync(SampleExchange exchange, HttpContext context)
    {
        Replayed.Enqueue(exchange.Place);
        context.Response.StatusCode = exchange.Reply.Status;
        context.Response.ContentType = $"{exchange.Reply.MediaType}; charset=utf-8";
        foreach (var (name, value) in exchange.Reply.Headers)
        {
            context.Response.Headers[name] = Here(value);
        }

        await context.Response.WriteAsync(TextOf(exchange), context.RequestAborted).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that were left hanging must not hold the shutdown.
        await _server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        TooMany.Dispose();
    }

    private string Here(string text) => text.Replace(_original.AbsoluteUri, BaseAddress.AbsoluteUri, StringComparison.Ordinal);

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false);
        var headers = string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        Requests.Enqueue(new SeenRequest(context.Request.Method, context.Request.GetEncodedPathAndQuery(), headers, body));
        if (number > _request.RequestLimit)
        {
            await TooMany.CancelAsync().ConfigureAwait(false);
        }

        var parts = RequestParts.Of(context.Request.Method, new Uri(context.Request.GetEncodedUrl()), body.Length == 0 ? null : body, BaseAddress);
        var turn = new SourceTurn(this, context, number, parts.Path, _tape.Find(parts.Method, parts.Path, parts.Query, parts.Body));
        if (_request.Interfere is { } interfere && await interfere(turn).ConfigureAwait(false))
        {
            return;
        }

        if (turn.Exchange is { } exchange)
        {
            await ReplayAsync(exchange, context).ConfigureAwait(false);
            return;
        }

        Interlocked.Increment(ref _unanswered);
        await turn.AnswerAsync(StatusCodes.Status404NotFound, """{"message":"The samples have no reply."}""").ConfigureAwait(false);
    }
}
