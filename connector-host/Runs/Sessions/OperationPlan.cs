using System.Text.Json;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Everything that an operation of a connector needs, wherever it runs. Holds secrets: it travels in a frame, never in arguments or the environment.</summary>
internal sealed record OperationPlan
{
    /// <summary>The package, its HTTP policy as the operator's settings have it.</summary>
    public required ConnectorPackage Package { get; init; }

    public required JsonElement Credentials { get; init; }

    /// <summary>Operations with the same key share the source's budget.</summary>
    public required string AccountKey { get; init; }

    /// <summary>Whether the package's samples answer instead of the source.</summary>
    public required bool UsesSamples { get; init; }

    /// <summary>Whether there may be others when the source refuses the credentials.</summary>
    public bool CanRenew { get; init; }

    /// <summary>The instant at which the operation's clock stands, as sample data answers as of its recording; null for a clock that runs.</summary>
    public DateTimeOffset? Now { get; init; }

    public required JsonElement Details { get; init; }

    public JsonElement? State { get; init; }

    /// <summary>Whether what is read is added to what is there.</summary>
    public bool IsAppendOnly { get; init; }
}
