using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>What a one-time link is for.</summary>
internal enum LinkPurpose
{
    /// <summary>Makes the first administrator.</summary>
    Setup,

    /// <summary>Lets a person choose a password.</summary>
    Password,

    /// <summary>Signs in the visitor of a demonstration.</summary>
    Demo,
}

/// <summary>A link that opens something once.</summary>
internal sealed record OneTimeLink
{
    public required LinkPurpose Purpose { get; init; }

    /// <summary>For whom it is; null when there is nobody yet.</summary>
    public string? PersonId { get; init; }
}

/// <summary>One-time links; only the hashes of their keys are kept.</summary>
internal sealed class OneTimeLinkStore(MetadataDatabase database, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Makes a link; those that were made before for the same are void.</summary>
    /// <returns>Its key, which is nowhere else.</returns>
    public string Open(LinkPurpose purpose, string? personId)
    {
        var (key, now) = (SecretKey.New(), time.GetUtcNow());
        database.Execute(
            "DELETE FROM one_time_links WHERE expires_at <= @now OR (purpose = @purpose AND person_id IS @personId)", new { now, purpose = purpose.ToString(), personId });
        database.Execute(
            "INSERT INTO one_time_links (key_hash, purpose, person_id, expires_at) VALUES (@hash, @purpose, @personId, @expiresAt)",
            new { hash = SecretKey.HashOf(key), purpose = purpose.ToString(), personId, expiresAt = now + Lifetime });
        return key;
    }

    /// <summary>What a key would open; null when it was used, has expired or never was.</summary>
    public OneTimeLink? Find(string key) => database.Find<OneTimeLink>(
        "SELECT purpose, person_id FROM one_time_links WHERE key_hash = @hash AND expires_at > @now", new { hash = SecretKey.HashOf(key), now = time.GetUtcNow() });

    /// <summary>Uses a key up. Of several who do it at once one is told that it was theirs.</summary>
    public bool TryUse(string key) =>
        database.Execute("DELETE FROM one_time_links WHERE key_hash = @hash AND expires_at > @now", new { hash = SecretKey.HashOf(key), now = time.GetUtcNow() }) > 0;

    public void CloseAll(LinkPurpose purpose) => database.Execute("DELETE FROM one_time_links WHERE purpose = @purpose", new { purpose = purpose.ToString() });
}
