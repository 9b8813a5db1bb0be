using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Sessions;

/// <summary>Where an operation tells about itself while it goes on.</summary>
internal sealed record OperationSinks
{
    public required IRunReporter Reporter { get; init; }

    public required HttpUsage Usage { get; init; }

    /// <summary>Admits its requests; null for the gate of this process.</summary>
    public IRequestGate? Gate { get; init; }

    /// <summary>Puts a limit of the operation's own before the gate of this process; null for none.</summary>
    public Func<IRequestGate, IRequestGate>? Limit { get; init; }

    /// <summary>Gives credentials in the place of those that the source has refused; asked only of a plan that says it can be.</summary>
    public Func<CancellationToken, Task<JsonElement>>? Renew { get; init; }

    /// <summary>Receives every request with its reply, secrets included; only in this process.</summary>
    public Action<SentExchange>? Sent { get; init; }
}
