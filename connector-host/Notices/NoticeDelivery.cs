using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Notices;

/// <summary>Delivers notices while the server runs, also those of runs in other processes on the same data.</summary>
/// <param name="courier">Delivers.</param>
/// <param name="outbox">From where.</param>
/// <param name="options">How long what became of notices is kept.</param>
/// <param name="lookAtRuns">Makes notices of the runs that have ended.</param>
/// <param name="time">The clock.</param>
/// <param name="log">For what keeps notices from being looked for.</param>
internal sealed partial class NoticeDelivery(
    NoticeCourier courier, NoticeOutbox outbox, NoticeOptions options, Action lookAtRuns, TimeProvider time, ILogger<NoticeDelivery> log) : BackgroundService
{
    /// <summary>Notices under way at once. A receiver that does not answer holds up one of them.</summary>
    private const int Couriers = 4;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Enumerable.Range(0, Couriers).Select(_ => RepeatAsync(() => courier.DeliverNextAsync(stoppingToken), Poll, stoppingToken))
            .Append(RepeatAsync(() => OnceAsync(Look), Poll, stoppingToken))
            .Append(RepeatAsync(() => OnceAsync(() => outbox.Sweep(time.GetUtcNow() - options.KeepLog)), SweepEvery, stoppingToken)));

    private void Look()
    {
        outbox.ReleaseAbandoned();
        lookAtRuns();
    }

    private static Task<bool> OnceAsync(Action work)
    {
        work();
        return Task.FromResult(false);
    }

    /// <param name="work">Tells whether there is more to do at once.</param>
    /// <param name="pause">How long to wait when there is not.</param>
    /// <param name="cancellationToken">Ends it.</param>
    [SuppressMessage("Design", "CA1031", Justification = "What goes wrong once must not end the delivery of all later notices.")]
    private async Task RepeatAsync(Func<Task<bool>> work, TimeSpan pause, CancellationToken cancellationToken)
    {
        await Task.Yield();
        string? lastFailure = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var hasMore = false;
            try
            {
                hasMore = await work().ConfigureAwait(false);
                lastFailure = null;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // What fails every second is worth one line.
                if (exception.Message != lastFailure)
                {
                    lastFailure = exception.Message;
                    LogFailure(log, exception.Message);
                }
            }

            if (!hasMore)
            {
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Notices cannot be looked for or delivered: {Message}")]
    private static partial void LogFailure(ILogger log, string message);
}
