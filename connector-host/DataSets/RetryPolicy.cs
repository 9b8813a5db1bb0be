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

        var delay = Pattern == RetryPattern.Fixed ? Delay : Delay * Math.Pow(2, Math.Min(attempt - 1, 30)) * (0.5 + (random.NextDouble() / 2));
        return delay < Cap ? delay : Cap;
    }
}
