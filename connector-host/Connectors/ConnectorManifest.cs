using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>What <c>connector.json</c> says about a package; its shape is <c>schemas/connector.schema.json</c>.</summary>
internal sealed record ConnectorManifest
{
    /// <summary>Lower-case letters, digits and hyphens; unique among connectors.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Semantic version of the package.</summary>
    public required string Version { get; init; }

    /// <summary>The contract's version that the connector was written for, <c>major.minor</c>.</summary>
    public required string Contract { get; init; }

    /// <summary>Which version of the details form the package has; details that were saved for an earlier one are migrated by its code.</summary>
    public int DetailsVersion { get; init; } = 1;

    /// <summary>The main assembly's file name; by default the only assembly that implements the contract.</summary>
    public string? Assembly { get; init; }

    public required string Category { get; init; }

    public required string Description { get; init; }

    public Uri? Documentation { get; init; }

    /// <summary>Path of an SVG file in the package.</summary>
    public string? Icon { get; init; }

    public required HttpPolicy Http { get; init; }

    /// <summary>How details ask for days of the past, by field: a name or a JSON pointer, and a text with <c>{start}</c>, <c>{end}</c>, <c>{until}</c> or <c>{days}</c> in it. Empty when they cannot.</summary>
    public IReadOnlyDictionary<string, string> Backfill { get; init; } = new Dictionary<string, string>();
}
