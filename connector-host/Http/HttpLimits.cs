namespace ConnectorPlatform.Host.Http;

/// <summary>How patient the client is towards every source; what one source needs differently is in its <see cref="HttpPolicy"/>.</summary>
internal sealed record HttpLimits
{
    /// <summary>One attempt with its redirects and its whole body. Sources that compute a report on request take up to half of it.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>With the exponential delays this outlasts a restart of the source; longer outages are for the run's own retry.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The delay before the first retry; it doubles, with jitter, so that runs which failed together do not come back together.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest <c>Retry-After</c> that is waited for. It covers limits per minute; a limit per hour would hold a run for nothing.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>No retry begins later than this after the request began. Waiting for the account's own budget does not count: that is planned, not trouble.</summary>
    public TimeSpan TotalDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>As many as APIs use: http to https, a moved host, a signed download.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Per host for the whole process, above the concurrency of several accounts.</summary>
    public int MaxConnectionsPerServer { get; init; } = 16;

    /// <summary>Connections are renewed so that a changed DNS entry is noticed.</summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);
}
