namespace ConnectorPlatform.Host.Certification;

/// <summary>
/// A clock that stands at the time of the recording and on which every wait is over at once, so that retries and pacing cost no time.
/// Time-outs longer than <see cref="Never"/> do not fire.
/// </summary>
internal sealed class QuickTime(DateTimeOffset now) : TimeProvider
{
    public static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private long _waited;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => Interlocked.Read(ref _waited);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero || dueTime >= Never)
        {
            return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Interlocked.Add(ref _waited, dueTime.Ticks);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
