using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ConnectorPlatform.Host.People.Storage;
using ConnectorPlatform.Host.Web.People;

namespace ConnectorPlatform.Host.Web.Runs;

/// <summary>
/// Pieces of a page as server-sent events. A stream ends with the server, so that no open page holds up its stop, and with the session that opened it,
/// so that who is signed out sees nothing more.
/// </summary>
internal sealed class EventStream(IHostApplicationLifetime server, SessionStore sessions, TimeProvider time)
{
    /// <summary>The event after which the page asks for no more.</summary>
    public const string End = "end";

    // A page on which nothing happens is open for hours.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    public IResult Of(HttpContext context, Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> events) =>
        Results.ServerSentEvents(WhileOpenAsync(context.Caller().SessionId, events));

    /// <param name="sessionId">The session that must go on; null for a caller without one.</param>
    /// <param name="events">What is sent.</param>
    /// <param name="cancellationToken">The page is closed.</param>
    public async IAsyncEnumerable<SseItem<string>> WhileOpenAsync(
        string? sessionId, Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(server.ApplicationStopping, cancellationToken);
        await using var items = events(stop.Token).GetAsyncEnumerator(stop.Token);
        var (next, look) = (NextAsync(items), LookLater());
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await Task.WhenAny(next, look).ConfigureAwait(false);
                if (sessionId is not null && !sessions.IsOpen(sessionId))
                {
                    // The page asks for itself anew, and is led to the sign-in.
                    yield return new SseItem<string>("", End);
                    yield break;
                }

                look = look.IsCompleted ? LookLater() : look;
                if (next.IsCompleted)
                {
                    if (!await next.ConfigureAwait(false))
                    {
                        yield break;
                    }

                    yield return items.Current;
                    next = NextAsync(items);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await next.ConfigureAwait(false);
        }

        Task LookLater() => Task.Delay(LookEvery, time, stop.Token);
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The page is closed, or the server stops.
            return false;
        }
    }
}
