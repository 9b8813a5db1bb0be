using System.Text.Encodings.Web;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Audit;

/// <summary>Makes lines of the audit log of what a write to the metadata store has changed, in the write's own transaction.</summary>
internal sealed class AuditTrail(MetadataDatabase database, TimeProvider time)
{
    /// <summary>Characters of one side of a change; the rest is cut off, so that nobody fills the log.</summary>
    private const int LongestSide = 8 * 1024;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The folder's metadata store, whose changes leave lines.</summary>
    /// <exception cref="PlatformException">The file is no database, is damaged, or cannot be written.</exception>
    public static MetadataDatabase OpenDatabase(DataFolder folder, TimeProvider time)
    {
        var database = MetadataDatabase.Open(folder);
        database.Follow = new AuditTrail(database, time).Follow;
        return database;
    }

    /// <summary>Called when a write is asked for. What it returns is called when the write is done, maybe on another's thread, and before it is committed.</summary>
    public Action Follow()
    {
        var actor = CurrentActor.Value;
        return () => Write(actor);
    }

    private void Write(Actor actor)
    {
        var changes = database.Query<Change>(
            "DELETE FROM audit_changes RETURNING number, action, subject_kind, subject_id, subject_name, before, after");
        if (changes.Count == 0)
        {
            return;
        }

        var last = database.Find<Last>("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") ?? new Last { Sequence = 0, Hash = "" };
        foreach (var change in changes.OrderBy(change => change.Number))
        {
            var entry = EntryOf(change, actor, last.Sequence + 1);
            entry = entry with { Hash = entry.HashAfter(last.Hash) };
            Add(entry);
            last = new Last { Sequence = entry.Sequence, Hash = entry.Hash };
        }
    }

    private AuditEntry EntryOf(Change change, Actor actor, long sequence) => new()
    {
        Sequence = sequence,
        At = time.GetUtcNow().ToUniversalTime(),
        ActorKind = actor.Kind,
        ActorId = actor.Id,
        ActorName = actor.Name,
        Address = actor.Address,
        Action = change.Action,
        SubjectKind = change.SubjectKind,
        SubjectId = change.SubjectId,
        SubjectName = change.SubjectName,
        Before = Cut(change.Before),
        After = Cut(change.After),
    };

    private void Add(AuditEntry entry) => database.Execute(
        "INSERT INTO audit (sequence, at, actor_kind, actor_id, actor_name, address, action, subject_kind, subject_id, subject_name, before, after, hash) " +
        "VALUES (@Sequence, @At, @Kind, @ActorId, @ActorName, @Address, @Action, @SubjectKind, @SubjectId, @SubjectName, @Before, @After, @Hash)",
        new
        {
            entry.Sequence,
            entry.At,
            Kind = entry.ActorKind.ToString(),
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
        });

    // What is cut is no JSON object any more, and becomes a JSON text.
    private static string? Cut(string? json) => json is null || json.Length <= LongestSide ? json : JsonSerializer.Serialize(json[..LongestSide] + "…", Readable);

    private sealed record Change
    {
        public required long Number { get; init; }
        public required string Action { get; init; }
        public required string SubjectKind { get; init; }
        public required string SubjectId { get; init; }
        public required string SubjectName { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
    }

    private sealed record Last
    {
        public required long Sequence { get; init; }
        public required string Hash { get; init; }
    }
}
