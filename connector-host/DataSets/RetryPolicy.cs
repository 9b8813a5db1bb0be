namespace ConnectorPlatform.Host.DataSets;

internal enum RetryPattern
{
    Never,

    /// <summary>The same delay before each attempt.</summary>
    Fixed,

    /// <summary>Each delay twice the one before, with jitter, up to a cap.</summary>
    Exponential,
}

/// <summary>How often, and after which delays, a run is tried again whose failure may heal.</summary>
/// <param name="Pattern">How the delays grow.</param>
/// <param name="Times">Attempts after the first.</param>
/// <param name="Delay">Before the second attempt.</param>
internal sealed record RetryPolicy(RetryPattern Pattern, int Times, TimeSpan Delay)
{
    /// <summary>No delay that the policy chooses is longer; what a source asks for may be.</summary>
    public TimeSpan Cap { get; init; } = TimeSpan.FromHours(1);

    /// <summary>No wait for an attempt is longer, whatever a source asks for; no timer could be.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromDays(40);

    public static RetryPolicy None { get; } = new(RetryPattern.Never, 0, TimeSpan.Zero);

    /// <summary>The delay after a failed attempt; null when it was the last.</summary>
    /// <param name="attempt">The attempt that failed, counted from 1.</param>
    /// <param name="random">Of the jitter, so that runs which failed together do not come back together.</param>
    public TimeSpan? DelayAfter(int attempt, Random random)
    {
        if (Pattern == RetryPattern.Never || attempt > Times)
        {
            return null;
        }

        // As a plain number: what has doubled often is beyond every TimeSpan.
        var ticks = Pattern == RetryPattern.Fixed ? Delay.Ticks : Delay.Ticks * Math.Pow(2, attempt - 1) * (0.5 + (random.NextDouble() / 2));
        return ticks < Cap.Ticks ? TimeSpan.FromTicks((long)ticks) : Cap;
    }
}
