using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>What is to be recorded, and into which sample data.</summary>
internal sealed record RecordingRequest
{
    public required ConnectorPackage Package { get; init; }

    public required JsonElement Credentials { get; init; }

    /// <summary>Settled.</summary>
    public required JsonElement Details { get; init; }

    /// <summary>The example's name.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>samples/</c> folder; made when it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Fields of replies whose values become others of their kind.</summary>
    public IReadOnlyList<string> Redact { get; init; } = [];

    /// <summary>Whether an example of the same name gives way.</summary>
    public bool Replace { get; init; }
}

/// <summary>What was recorded.</summary>
/// <param name="Run">The run on the real source.</param>
/// <param name="Files">The files that were written; none when the run failed.</param>
/// <param name="Notes">What the author should know, in sentences.</param>
internal sealed record RecordingResult(RunRecord Run, IReadOnlyList<string> Files, int Exchanges, long Rows, bool ReplayIsEqual, IReadOnlyList<string> Notes);

/// <summary>What a run on the real source has brought.</summary>
internal sealed record LiveReading(RunRecord Run, RowPage? Rows, IReadOnlyList<SentExchange> Sent)
{
    /// <summary>Values of cookies that the source set. They open the door like a credential, and no form knows them.</summary>
    public IReadOnlyCollection<string> Cookies { get; } =
    [
        .. Sent.SelectMany(exchange => exchange.Headers)
            .Where(header => header.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            .SelectMany(header => header.Value.Split(','))
            .Select(cookie => cookie.Split(';')[0])

            // The comma within "Expires=Mon, 30 Nov 2026" begins no cookie.
            .Where(cookie => cookie.Contains('=', StringComparison.Ordinal))
            .Select(cookie => cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim())
            .Where(value => value.Length >= SecretTexts.PartLength)
            .Distinct(),
    ];
}
