using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace ConnectorPlatform.Host.Audit;

/// <summary>One line of the audit log.</summary>
internal sealed record AuditEntry
{
    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ActorKind ActorKind { get; init; }

    public string? ActorId { get; init; }

    public required string ActorName { get; init; }

    /// <summary>From where.</summary>
    public string? Address { get; init; }

    /// <summary>What was done, in a word or two.</summary>
    public required string Action { get; init; }

    public required string SubjectKind { get; init; }

    public required string SubjectId { get; init; }

    /// <summary>As it was called then.</summary>
    public required string SubjectName { get; init; }

    /// <summary>JSON, without secrets; null where there was nothing.</summary>
    public string? Before { get; init; }

    /// <inheritdoc cref="Before"/>
    public string? After { get; init; }

    /// <summary>Over everything in this line and the hash of the line before.</summary>
    public string Hash { get; init; } = "";

    /// <param name="previous">The hash of the line before; empty for the first.</param>
    public string HashAfter(string previous) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new[]
    {
        previous,
        Sequence.ToString(CultureInfo.InvariantCulture),
        At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ActorKind.ToString(),
        ActorId,
        ActorName,
        Address,
        Action,
        SubjectKind,
        SubjectId,
        SubjectName,
        Before,
        After,
    })));
}

/// <summary>Which lines are asked for; all of it must hold.</summary>
internal sealed record AuditSearch
{
    /// <summary>Part of the actor's name or the whole of his id or address.</summary>
    public string? Who { get; init; }

    /// <summary>Part of the action.</summary>
    public string? What { get; init; }

    /// <summary>Part of the subject's name, or the whole of its id or kind.</summary>
    public string? Subject { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Not included.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Whether the log is whole.</summary>
/// <param name="Lines">How many lines were looked at.</param>
/// <param name="Head">The hash of the last; kept elsewhere, it shows later that the end was not cut off.</param>
/// <param name="Trouble">What is wrong, and from which line on; null when nothing is.</param>
internal sealed record AuditVerdict(long Lines, string Head, string? Trouble);
