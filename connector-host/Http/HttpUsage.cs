namespace ConnectorPlatform.Host.Http;

/// <summary>What a run has used of its source so far; any thread may count.</summary>
internal sealed class HttpUsage
{
    private long _requests;
    private long _bytesReceived;
    private long _retries;
    private long _ticksWaited;
    private long _retryAt;

    public void AddRequest() => Interlocked.Increment(ref _requests);

    public void AddBytes(long count) => Interlocked.Add(ref _bytesReceived, count);

    public void AddRetry() => Interlocked.Increment(ref _retries);

    /// <summary>Notes that the source asked to wait longer than a request may.</summary>
    public void AskToWaitUntil(DateTimeOffset instant) => Interlocked.Exchange(ref _retryAt, instant.UtcTicks);

    public void AddWait(TimeSpan duration) => Interlocked.Add(ref _ticksWaited, duration.Ticks);

    /// <summary>Takes over what another process has counted.</summary>
    public void Set(HttpUsageSnapshot snapshot)
    {
        Interlocked.Exchange(ref _requests, snapshot.Requests);
        Interlocked.Exchange(ref _bytesReceived, snapshot.BytesReceived);
        Interlocked.Exchange(ref _retries, snapshot.Retries);
        Interlocked.Exchange(ref _ticksWaited, snapshot.WaitedForLimits.Ticks);
        Interlocked.Exchange(ref _retryAt, snapshot.RetryAt?.UtcTicks ?? 0);
    }

    public HttpUsageSnapshot Snapshot() => new()
    {
        Requests = Interlocked.Read(ref _requests),
        BytesReceived = Interlocked.Read(ref _bytesReceived),
        Retries = Interlocked.Read(ref _retries),
        WaitedForLimits = TimeSpan.FromTicks(Interlocked.Read(ref _ticksWaited)),
        RetryAt = Interlocked.Read(ref _retryAt) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
    };
}

/// <summary>The counters of <see cref="HttpUsage"/> at one moment.</summary>
internal sealed record HttpUsageSnapshot
{
    /// <summary>Everything that was sent, retries and redirects included.</summary>
    public long Requests { get; init; }

    /// <summary>Bytes of the replies' bodies, decompressed.</summary>
    public long BytesReceived { get; init; }

    public long Retries { get; init; }

    /// <summary>Time in which requests waited for the account's budget and concurrency, or because the source said "too many requests".</summary>
    public TimeSpan WaitedForLimits { get; init; }

    /// <summary>Before when the source asked not to come back, in the last reply that was not waited for; null when it did not.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}
