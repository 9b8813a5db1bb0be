using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What a worker may take and how long it may be silent; <c>Connectors:Workers:…</c>, and for one connector <c>Connectors:ID:Workers:…</c>.</summary>
internal sealed record WorkerLimits
{
    /// <summary>The variable that tells a worker its <see cref="FirstRetryDelay"/>.</summary>
    public const string FirstRetryDelayVariable = "CONNECTOR_HOST_FIRST_RETRY_DELAY";

    /// <summary>Managed and native memory of one worker. The managed heap may fill three quarters of it, so that a leak ends as an exception that names it.</summary>
    [Range(64, 1 << 20)]
    public int MemoryMegabytes { get; init; } = 1024;

    /// <summary>Added to the scheduler's priority number, so that connectors leave the processor to the host.</summary>
    [Range(0, 19)]
    public int Nice { get; init; } = 5;

    /// <summary>The worker's local time zone; null for the host's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The delay before the first retry of a request in the worker; null for the client's own.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan? FirstRetryDelay { get; init; }

    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(10);

    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan LoadWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A worker that is asked whether it is there…</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan PingEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>…and does not answer for this long hangs.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An operation that sends nothing for this long is stalled.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan ProgressWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a cancelled operation may take to end before its worker is killed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan CancelWithin { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>A worker is replaced after this many operations…</summary>
    [Range(1, 1_000_000)]
    public int Operations { get; init; } = 1_000;

    /// <summary>…or at this age…</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan Age { get; init; } = TimeSpan.FromHours(1);

    /// <summary>…or when it is idle with more than this much memory of its own.</summary>
    [Range(1, 1 << 20)]
    public int IdleMegabytes { get; init; } = 256;

    /// <summary>How long a worker stays warm for its connector without work.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "7.00:00:00")]
    public TimeSpan KeepWarm { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Workers without a connector that are kept ready.</summary>
    [Range(0, 100)]
    public int Unassigned { get; init; } = 1;

    /// <summary>Starts at once; more would only slow each other down.</summary>
    [Range(1, 1000)]
    public int StartsAtOnce { get; init; } = Environment.ProcessorCount;
}
