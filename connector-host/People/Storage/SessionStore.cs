using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>Sessions: a random key in the browser, its hash here, so that a session ends when it is ended here.</summary>
internal sealed class SessionStore(MetadataDatabase database, SignInOptions options, TimeProvider time)
{
    private const string Columns = "id, person_id, address, agent, created_at, last_seen_at";
    private const int LongestAgent = 300;

    // Not every request needs to be written down.
    private static readonly TimeSpan SeenWithin = TimeSpan.FromMinutes(1);

    /// <summary>Opens a session under a new key, whatever key the browser has sent.</summary>
    /// <returns>The key, which is nowhere else.</returns>
    public string Open(string personId, string address, string agent)
    {
        var (key, now) = (SecretKey.New(), time.GetUtcNow());
        var (idleSince, oldest) = Limits(now);
        database.Execute("DELETE FROM sessions WHERE last_seen_at < @idleSince OR created_at < @oldest", new { idleSince, oldest });
        database.Execute(
            $"INSERT INTO sessions (key_hash, {Columns}) VALUES (@hash, @id, @personId, @address, @agent, @now, @now)",
            new { hash = SecretKey.HashOf(key), id = Identifier.New(), personId, address, agent = agent.Length > LongestAgent ? agent[..LongestAgent] : agent, now });
        return key;
    }

    /// <summary>The session of a key, unless it has ended.</summary>
    public Session? Find(string key)
    {
        var now = time.GetUtcNow();
        var (idleSince, oldest) = Limits(now);
        var session = database.Find<Session>(
            $"SELECT {Columns} FROM sessions WHERE key_hash = @hash AND last_seen_at >= @idleSince AND created_at >= @oldest", new { hash = SecretKey.HashOf(key), idleSince, oldest });
        if (session is not null && now - session.LastSeenAt > SeenWithin)
        {
            database.Execute("UPDATE sessions SET last_seen_at = @now WHERE id = @Id", new { session.Id, now });
            database.Execute("UPDATE people SET last_seen_at = @now WHERE id = @PersonId", new { session.PersonId, now });
        }

        return session;
    }

    /// <summary>Whether a session has not ended yet; to ask is not to use it.</summary>
    public bool IsOpen(string id)
    {
        var (idleSince, oldest) = Limits(time.GetUtcNow());
        return database.Find<string>("SELECT id FROM sessions WHERE id = @id AND last_seen_at >= @idleSince AND created_at >= @oldest", new { id, idleSince, oldest }) is not null;
    }

    /// <summary>A person's sessions, the one that was used last first.</summary>
    public IReadOnlyList<Session> ListOf(string personId)
    {
        var (idleSince, oldest) = Limits(time.GetUtcNow());
        return database.Query<Session>(
            $"SELECT {Columns} FROM sessions WHERE person_id = @personId AND last_seen_at >= @idleSince AND created_at >= @oldest ORDER BY last_seen_at DESC, id DESC",
            new { personId, idleSince, oldest });
    }

    public void End(string personId, string id) => database.Execute("DELETE FROM sessions WHERE id = @id AND person_id = @personId", new { id, personId });

    /// <summary>Ends all sessions of a person.</summary>
    /// <param name="personId">Whose.</param>
    /// <param name="but">This one stays.</param>
    public void EndAll(string personId, string? but = null) =>
        database.Execute("DELETE FROM sessions WHERE person_id = @personId AND id IS NOT @but", new { personId, but });

    private (DateTimeOffset IdleSince, DateTimeOffset Oldest) Limits(DateTimeOffset now) => (now - options.IdleAfter, now - options.EndsAfter);
}
