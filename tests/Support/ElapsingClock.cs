namespace ConnectorPlatform.Tests.Support;

/// <summary>
/// A clock that stands at one instant and counts waits: whoever waits for it has waited already. Time-outs longer than half an hour,
/// which only guard, never come; a test that uses this clock sets its time-outs so.
/// </summary>
internal sealed class ElapsingClock(DateTimeOffset now) : TimeProvider
{
    public static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);

    private long _waited;

    /// <summary>All waits together.</summary>
    public TimeSpan Waited => TimeSpan.FromTicks(GetTimestamp());

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => Interlocked.Read(ref _waited);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero || dueTime > LongestWait)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Interlocked.Add(ref _waited, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
