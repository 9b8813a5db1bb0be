using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.Drafts;

/// <summary>Drafts in the metadata store, encrypted as details may hold secrets. Those that nobody has touched for long are swept.</summary>
internal sealed class DraftStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
{
    /// <summary>How long a draft is kept that nobody touches.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string Seen = "(@viewer IS NULL OR owner_id = @viewer)";

    private readonly SecretBox _secrets = new(folder, "drafts");

    /// <summary>Begins a draft, and sweeps the old ones.</summary>
    /// <param name="connector">The connector's id.</param>
    /// <param name="accountChoice">As <see cref="Draft.AccountChoice"/>.</param>
    public Draft Begin(string connector, string? accountChoice = null)
    {
        var now = time.GetUtcNow();
        var draft = new Draft { Id = Identifier.New(), Connector = connector, AccountChoice = accountChoice, CreatedAt = now, UpdatedAt = now };
        database.Execute(
            "DELETE FROM drafts WHERE updated_at < @oldest; "
            + "INSERT INTO drafts (id, connector, content, created_at, updated_at, owner_id) VALUES (@Id, @Connector, @content, @CreatedAt, @UpdatedAt, @Owner)",
            new { oldest = now - Kept, draft.Id, draft.Connector, content = Protected(draft), draft.CreatedAt, draft.UpdatedAt, Viewer.Owner });
        return draft;
    }

    /// <exception cref="PlatformException">There is no such draft (any more).</exception>
    public Draft Get(string id) =>
        database.Find<string>($"SELECT content FROM drafts WHERE id = @id AND {Seen}", new { id, viewer = Viewer.Filter }) is { } content
            ? Opened(content)
            : throw new PlatformException(
                PlatformFault.NotFound, $"There is no such draft: it has become a DataSet, was discarded, or nobody has touched it for {Kept.TotalDays:0} days. Begin a new one.");

    /// <summary>The drafts that were touched last, the newest first.</summary>
    public IReadOnlyList<Draft> Last(int limit) =>
        [.. database.Query<string>($"SELECT content FROM drafts WHERE {Seen} ORDER BY updated_at DESC LIMIT @limit", new { limit, viewer = Viewer.Filter }).Select(Opened)];

    /// <summary>Changes a draft as it is stored now, so that two panes that are saved at one time keep what the other has saved.</summary>
    /// <exception cref="PlatformException">There is no such draft (any more).</exception>
    public Draft Change(string id, Func<Draft, Draft> change) => database.Together(() =>
    {
        var draft = change(Get(id)) with { UpdatedAt = time.GetUtcNow() };
        database.Execute("UPDATE drafts SET content = @content, updated_at = @UpdatedAt WHERE id = @Id", new { content = Protected(draft), draft.UpdatedAt, draft.Id });
        return draft;
    });

    public void Remove(string id) => database.Execute($"DELETE FROM drafts WHERE id = @id AND {Seen}", new { id, viewer = Viewer.Filter });

    private string Protected(Draft draft) => _secrets.Protect(JsonSerializer.Serialize(draft));

    private Draft Opened(string content) => JsonSerializer.Deserialize<Draft>(_secrets.Reveal(content, "A draft", "begin a new one"))!;
}
