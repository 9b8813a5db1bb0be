using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Host.Web.Runs;

/// <summary>Pieces of a page as server-sent events. A stream ends with the server, so that no open page holds up its stop.</summary>
internal static class EventStream
{
    /// <summary>The event after which the page asks for no more.</summary>
    public const string End = "end";

    public static IResult Of(IHostApplicationLifetime server, Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> events) =>
        Results.ServerSentEvents(UntilStopAsync(server, events));

    private static async IAsyncEnumerable<SseItem<string>> UntilStopAsync(
        IHostApplicationLifetime server, Func<CancellationToken, IAsyncEnumerable<SseItem<string>>> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(server.ApplicationStopping, cancellationToken);
        await using var items = events(stop.Token).GetAsyncEnumerator(stop.Token);
        while (await NextAsync(items).ConfigureAwait(false))
        {
            yield return items.Current;
        }
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
