namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What a worker may take and how long it may be silent; <c>Connectors:Workers:…</c>, and for one connector <c>Connectors:ID:MemoryMegabytes</c>.</summary>
internal sealed record WorkerLimits
{
    /// <summary>Managed and native memory of one worker. The managed heap may fill three quarters of it, so that a leak ends as an exception that names it.</summary>
    public int MemoryMegabytes { get; init; } = 1024;

    /// <summary>Added to the scheduler's priority number, so that connectors leave the processor to the host.</summary>
    public int Nice { get; init; } = 5;

    /// <summary>The worker's local time zone; null for the host's.</summary>
    public string? TimeZone { get; init; }

    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan LoadWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A worker that is asked whether it is there…</summary>
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>…and does not answer for this long hangs.</summary>
    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An operation that sends nothing for this long is stalled.</summary>
    public TimeSpan ProgressWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a cancelled operation may take to end before its worker is killed.</summary>
    public TimeSpan CancelWithin { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>A worker is replaced after this many operations…</summary>
    public int Operations { get; init; } = 200;

    /// <summary>…or at this age…</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromHours(1);

    /// <summary>…or when it is idle with more than this much memory of its own.</summary>
    public int IdleMegabytes { get; init; } = 256;

    /// <summary>How long a worker stays warm for its connector without work.</summary>
    public TimeSpan KeepWarm { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Workers without a connector that are kept ready.</summary>
    public int Unassigned { get; init; } = 1;

    /// <summary>Starts at once; more would only slow each other down.</summary>
    public int StartsAtOnce { get; init; } = Environment.ProcessorCount;
}
