using System.Text.Json;

namespace ConnectorPlatform.Host.Http;

/// <summary>Who opens a client, to which source, and where it tells about itself.</summary>
internal sealed record SourceAccess
{
    public required HttpPolicy Policy { get; init; }

    public required JsonElement Credentials { get; init; }

    /// <summary>Hides <see cref="Credentials"/> in log lines and messages.</summary>
    public required SecretMask Mask { get; init; }

    /// <summary>Clients with the same key share the policy's rate budget and concurrency.</summary>
    public required string AccountKey { get; init; }

    /// <summary>Answers instead of the source, for an account of kind "Sample data".</summary>
    public SampleTape? Tape { get; init; }

    /// <summary>Admits the requests; null for the gate that this process keeps for <see cref="AccountKey"/>.</summary>
    public IRequestGate? Gate { get; init; }

    /// <summary>Receives every request with its reply, secrets included, from any thread; null when nothing is recorded.</summary>
    public Action<SentExchange>? Sent { get; init; }

    /// <summary>Gives credentials in the place of those that the source has refused; null when there are no others.</summary>
    public Func<CancellationToken, Task<JsonElement>>? Renew { get; init; }

    public required HttpUsage Usage { get; init; }

    /// <summary>Receives masked lines, from any thread.</summary>
    public required Action<string> Log { get; init; }

    public void Tell(string line) => Log(Mask.Mask(line));
}
