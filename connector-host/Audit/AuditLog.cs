using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Audit;

/// <summary>The audit log: what is searched, exported and verified, and where what is not kept in the metadata store tells of its changes.</summary>
internal sealed class AuditLog(MetadataDatabase database)
{
    private const string Columns = "sequence, at, actor_kind, actor_id, actor_name, address, action, subject_kind, subject_id, subject_name, before, after, hash";

    /// <summary>Lines that are read at once where all are.</summary>
    private const int Portion = 1000;

    /// <summary>Adds a line on a change that is no change of the metadata store.</summary>
    public void Record(string action, string subjectKind, string subjectId, string subjectName, string? before, string? after) => database.Execute(
        "INSERT INTO audit_changes (action, subject_kind, subject_id, subject_name, before, after) VALUES (@action, @subjectKind, @subjectId, @subjectName, @before, @after)",
        new { action, subjectKind, subjectId, subjectName, before, after });

    /// <summary>Lines, the newest first.</summary>
    /// <param name="search">Which.</param>
    /// <param name="before">Only those with a lower number; null for the newest.</param>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<AuditEntry> Find(AuditSearch search, long? before, int limit) => database.Query<AuditEntry>(
        $"""
        SELECT {Columns} FROM audit
        WHERE (@before IS NULL OR sequence < @before)
          AND (@Who IS NULL OR instr(lower(actor_name), lower(@Who)) > 0 OR actor_id = @Who OR address = @Who)
          AND (@What IS NULL OR instr(lower(action), lower(@What)) > 0)
          AND (@Subject IS NULL OR instr(lower(subject_name), lower(@Subject)) > 0 OR subject_id = @Subject OR subject_kind = lower(@Subject))
          AND (@From IS NULL OR at >= @From)
          AND (@Until IS NULL OR at < @Until)
        ORDER BY sequence DESC LIMIT @limit
        """,
        new { before, limit, Who = Given(search.Who), What = Given(search.What), Subject = Given(search.Subject), search.From, search.Until });

    /// <summary>All lines that are asked for, the newest first.</summary>
    public IEnumerable<AuditEntry> FindAll(AuditSearch search)
    {
        for (long? before = null; Find(search, before, Portion) is { Count: > 0 } found; before = found[^1].Sequence)
        {
            foreach (var entry in found)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Looks whether lines were changed, taken out or put in.</summary>
    /// <param name="knownHead">A hash that was told before; the log must still hold it. Null when none is known.</param>
    public AuditVerdict Verify(string? knownHead)
    {
        var cut = LastCut();
        var (lines, hash) = cut is not null && cut.Sequence + 1 == First() ? (cut.Sequence, cut.Hash) : (0, "");
        var start = lines;
        var isFound = knownHead is null || string.Equals(hash, knownHead, StringComparison.OrdinalIgnoreCase);
        for (var found = Following(lines); found.Count > 0; found = Following(lines))
        {
            foreach (var entry in found)
            {
                if (entry.Sequence != lines + 1)
                {
                    return new(lines - start, hash, string.Create(CultureInfo.InvariantCulture, $"After line {lines} comes line {entry.Sequence}: lines were taken out."));
                }

                if (entry.HashAfter(hash) != entry.Hash)
                {
                    return new(lines - start, hash, string.Create(CultureInfo.InvariantCulture, $"Line {entry.Sequence} is not as it was written, or the lines before it are not."));
                }

                (lines, hash) = (entry.Sequence, entry.Hash);
                isFound |= string.Equals(hash, knownHead, StringComparison.OrdinalIgnoreCase);
            }
        }

        return new(lines - start, hash, isFound ? null : "The log holds no line with the hash that is known: its end was cut off, or it was written anew.");
    }

    /// <summary>Removes the lines before an instant, up to the first that is not. A line tells of it, with the hash of the last that goes, which the first that stays follows.</summary>
    /// <returns>How many went.</returns>
    public long Cut(DateTimeOffset before) => database.Together(() =>
    {
        var last = database.Find<Place>(
            "SELECT sequence, hash FROM audit WHERE sequence < coalesce((SELECT min(sequence) FROM audit WHERE at >= @before), (SELECT max(sequence) FROM audit)) ORDER BY sequence DESC LIMIT 1",
            new { before });
        if (last is null)
        {
            return 0;
        }

        var count = database.Find<long>("SELECT count(*) FROM audit WHERE sequence <= @Sequence", new { last.Sequence });
        // The lines go when the line of the cut is added.
        Record("cut", "audit", last.Sequence.ToString(CultureInfo.InvariantCulture), "audit log", null, JsonSerializer.Serialize(new { hash = last.Hash, before }));
        return count;
    });

    private Place? LastCut() => database.Find<Place>(
        "SELECT CAST(subject_id AS INTEGER) AS sequence, after ->> 'hash' AS hash FROM audit WHERE subject_kind = 'audit' AND action = 'cut' ORDER BY audit.sequence DESC LIMIT 1");

    private long? First() => database.Find<long?>("SELECT min(sequence) FROM audit");

    private IReadOnlyList<AuditEntry> Following(long sequence) =>
        database.Query<AuditEntry>($"SELECT {Columns} FROM audit WHERE sequence > @sequence ORDER BY sequence LIMIT @Portion", new { sequence, Portion });

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private sealed record Place
    {
        public required long Sequence { get; init; }

        public required string Hash { get; init; }
    }
}
