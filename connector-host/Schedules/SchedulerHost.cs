using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules.Timing;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>
/// Fires the stored schedules while the server runs. Quartz tells when; once a second the scheduler looks whether the schedules have changed, whether the clock
/// has jumped, and whether Quartz's triggers are those that the schedules want, and puts right what is not. Of several servers on one data folder one fires.
/// </summary>
internal sealed partial class SchedulerHost(
    DataFolder folder, ScheduleBoard board, FireLanes lanes, ScheduleLog log, Freshness freshness, ScheduleOptions options, TimeProvider time, ILogger<SchedulerHost> logger) : BackgroundService
{
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>A tick takes a moment; after this long without one the scheduler stands still.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WaitForOther = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(8);

    /// <summary>A difference between the clock and the time that has passed from which on the clock has been set.</summary>
    private static readonly TimeSpan Jump = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BetweenRepairs = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    private DateTimeOffset _seenAt;
    private long _seenStamp;
    private long? _repairedStamp;
    private long? _sweptStamp;
    private long? _tickedStamp;
    private string? _lastFailure;

    /// <summary>What keeps schedules from firing; null when nothing does. That another server on the data folder fires them is no trouble.</summary>
    public string? Trouble =>
        ExecuteTask is null or { IsCompleted: true } ? "The scheduler does not run, so that no schedule fires: start the server again."
        : _lastFailure is { } failure ? $"Schedules may not fire: {failure}"
        : _tickedStamp is { } ticked && time.GetElapsedTime(ticked) > Stalled ? $"The scheduler stands still for {time.GetElapsedTime(ticked).TotalSeconds:0} seconds, so that no schedule fires."
        : null;

    /// <summary>For tests: set while the scheduler fires.</summary>
    public QuartzTriggers? Triggers { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var turn = await TakeTurnAsync(stoppingToken).ConfigureAwait(false);
        if (turn is null)
        {
            return;
        }

        (_seenAt, _seenStamp) = (time.GetUtcNow(), time.GetTimestamp());
        var triggers = await QuartzTriggers.StartAsync(() => board.TurnDue(ScheduleBoard.ClockForward), time, CancellationToken.None).ConfigureAwait(false);
        try
        {
            Guard(() => log.Interrupt("The host died before its run ended; the run's own record tells how far it came."));
            await TickAsync(triggers, ScheduleBoard.HostDown).ConfigureAwait(false);
            Triggers = triggers;
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await TickAsync(triggers, ScheduleBoard.ClockForward).ConfigureAwait(false);
            }
        }
        finally
        {
            await triggers.DisposeAsync().ConfigureAwait(false);
            await lanes.StopAsync().WaitAsync(StopWithin, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Guard(log.Flush);
        }
    }

    /// <summary>The lock by which one of several servers fires; another takes over when that one ends. Null when the host is stopped before.</summary>
    private async Task<FileStream?> TakeTurnAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                return new FileStream(Path.Combine(folder.Root, "scheduler.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(WaitForOther, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A tick is a border: what fails in one must not end the schedules.")]
    private async Task TickAsync(QuartzTriggers triggers, string cause)
    {
        _tickedStamp = time.GetTimestamp();
        try
        {
            await triggers.SetAsync(board.Reload(cause), CancellationToken.None).ConfigureAwait(false);
            if (HasJumped())
            {
                LogJump(logger);
                await triggers.SetAsync(board.TurnAll(cause), CancellationToken.None).ConfigureAwait(false);
            }

            board.Follow(cause);
            if (IsDue(ref _repairedStamp, BetweenRepairs))
            {
                freshness.Check();
                await RepairAsync(triggers).ConfigureAwait(false);
            }

            log.Flush();
            if (IsDue(ref _sweptStamp, BetweenSweeps))
            {
                log.Sweep(options);
            }

            _lastFailure = null;
        }
        catch (Exception exception)
        {
            Tell(exception);
        }
    }

    /// <summary>The schedules are the truth: what Quartz lacks or has otherwise is set again, and what no schedule wants any more is taken away.</summary>
    private async Task RepairAsync(QuartzTriggers triggers)
    {
        // What is about to ring, or rings just now, may be on either side.
        var soon = time.GetUtcNow() + Poll;
        var late = time.GetUtcNow() - Jump;
        var actual = await triggers.AllAsync(CancellationToken.None).ConfigureAwait(false);
        var wanted = board.Instants();
        var missing = wanted.Where(at => !actual.Contains(at) && (at > soon || at < late)).ToList();
        var extra = actual.Where(at => !wanted.Contains(at) && at > soon).ToList();
        await triggers.RemoveAsync(extra, CancellationToken.None).ConfigureAwait(false);
        await triggers.SetAsync(missing, CancellationToken.None).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            LogRepair(logger, missing.Count);
        }
    }

    private bool HasJumped()
    {
        var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var difference = now - _seenAt - time.GetElapsedTime(_seenStamp, stamp);
        (_seenAt, _seenStamp) = (now, stamp);
        return difference.Duration() > Jump;
    }

    private bool IsDue(ref long? last, TimeSpan interval)
    {
        var stamp = time.GetTimestamp();
        if (last is { } before && time.GetElapsedTime(before, stamp) < interval)
        {
            return false;
        }

        last = stamp;
        return true;
    }

    [SuppressMessage("Design", "CA1031", Justification = "What cannot be written at the start or the end must not keep the server from either.")]
    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            Tell(exception);
        }
    }

    // What fails every second is worth one line.
    private void Tell(Exception exception)
    {
        if (exception.Message != _lastFailure)
        {
            _lastFailure = exception.Message;
            LogFailure(logger, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "The scheduler: {Message}")]
    private static partial void LogFailure(ILogger logger, string message);

    [LoggerMessage(LogLevel.Warning, "The clock was set; every schedule's next fire is found anew.")]
    private static partial void LogJump(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "Timers were missing or wrong and have been set again as the schedules say: {Missing}.")]
    private static partial void LogRepair(ILogger logger, int missing);
}
