using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConnectorPlatform.Host.Audit;

/// <summary>The formats of an export.</summary>
internal enum AuditFormat
{
    JsonLines,
    Csv,
}

/// <summary>Writes lines of the audit log for other programs.</summary>
internal static class AuditExport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly string[] Header =
        ["sequence", "at", "actor_kind", "actor_id", "actor_name", "address", "action", "subject_kind", "subject_id", "subject_name", "before", "after", "hash"];

    public static async Task WriteAsync(IEnumerable<AuditEntry> entries, AuditFormat format, TextWriter target, CancellationToken cancellationToken)
    {
        if (format == AuditFormat.Csv)
        {
            await target.WriteAsync(Line(Header)).ConfigureAwait(false);
        }

        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await target.WriteAsync(format == AuditFormat.Csv ? Line(Cells(entry)) : JsonSerializer.Serialize(entry, Json) + "\n").ConfigureAwait(false);
        }
    }

    private static string?[] Cells(AuditEntry entry) =>
    [
        entry.Sequence.ToString(CultureInfo.InvariantCulture),
        entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        entry.ActorKind.ToString(),
        entry.ActorId,
        entry.ActorName,
        entry.Address,
        entry.Action,
        entry.SubjectKind,
        entry.SubjectId,
        entry.SubjectName,
        entry.Before,
        entry.After,
        entry.Hash,
    ];

    // RFC 4180.
    private static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(string? text) => text is null ? "" : $"\"{Defused(text).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // A spreadsheet takes a text that begins so for a formula.
    private static string Defused(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;
}
