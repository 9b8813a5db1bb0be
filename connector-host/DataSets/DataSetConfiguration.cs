using System.Text.Json;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>One table and what fills it.</summary>
internal sealed record DataSetConfiguration
{
    public required string Id { get; init; }

    /// <summary>Unique whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>Null for sample data.</summary>
    public string? AccountId { get; init; }

    /// <summary>Settled and validated details.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>The version of the connector's details form for which they were saved.</summary>
    public int DetailsVersion { get; init; } = 1;

    public required UpdateMethod UpdateMethod { get; init; }

    public DataSetRules Rules { get; init; } = new();

    /// <summary>What people write about it; empty when there is nothing.</summary>
    public string Description { get; init; } = "";

    /// <summary>As <see cref="DataSetLabels"/> has them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Grows with every change of the configuration or its schedules; a save says which version it changes.</summary>
    public long Version { get; init; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
