using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.DataSets.Queries;

/// <summary>What reading for people may cost.</summary>
internal sealed record QueryOptions
{
    /// <summary>How long a query may run.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an export may be prepared.</summary>
    public TimeSpan ExportWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most rows of an SQL answer that are shown.</summary>
    [Range(1, 100_000)]
    public int SqlRows { get; init; } = 1_000;

    /// <summary>SQL queries of all users at the same time, and beside them as many exports and other readings; others wait.</summary>
    [Range(1, 64)]
    public int MostAtOnce { get; init; } = 2;

    /// <summary>By how much reading may let its process grow: that of an SQL query is its own.</summary>
    [Range(16, 1 << 20)]
    public int MemoryMegabytes { get; init; } = 256;
}
