using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.People.Storage;

/// <summary>API tokens; shown once, kept as a hash.</summary>
internal sealed class ApiTokenStore(MetadataDatabase database, TimeProvider time)
{
    /// <summary>What every token begins with, so that scanners find one that was published by mistake.</summary>
    public const string Prefix = "cplat_";

    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(90);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    private const string Columns = "id, person_id, name, start, scopes, created_at, expires_at, last_used_at";
    private const int LengthOfStart = 10;

    private static readonly TimeSpan UsedWithin = TimeSpan.FromMinutes(1);

    /// <exception cref="PlatformException">These are no days that a token may live.</exception>
    public static TimeSpan LifetimeOf(int days) => days > 0 && days <= LongestLifetime.TotalDays ? TimeSpan.FromDays(days) : throw WrongLifetime();

    /// <param name="personId">In whose name.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="scopes">At least one.</param>
    /// <param name="lifetime">For how long it is good.</param>
    /// <param name="makerId">The token with which it is made; when that one goes, it goes too. Null for none.</param>
    /// <returns>The token's record, and the token, which is nowhere else.</returns>
    /// <exception cref="PlatformException">It has no name, or would live too long.</exception>
    public (ApiToken Token, string Key) Add(string personId, string name, IReadOnlyList<TokenScope> scopes, TimeSpan lifetime, string? makerId = null)
    {
        if (name.Trim().Length is 0 or > 200)
        {
            throw new PlatformException(PlatformFault.Input, "A token has a name of 1 to 200 characters that says what it is for.");
        }

        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
        {
            throw WrongLifetime();
        }

        var (key, now) = (Prefix + SecretKey.New(), time.GetUtcNow());
        var token = new ApiToken
        {
            Id = Identifier.New(),
            PersonId = personId,
            Name = name.Trim(),
            Start = key[..LengthOfStart],
            Scopes = scopes,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
        database.Execute(
            "INSERT INTO api_tokens (id, key_hash, person_id, name, start, scopes, created_at, expires_at, made_by) VALUES (@Id, @Hash, @PersonId, @Name, @Start, @Scopes, @CreatedAt, @ExpiresAt, @makerId)",
            new { token.Id, Hash = SecretKey.HashOf(key), token.PersonId, token.Name, token.Start, Scopes = string.Join(' ', scopes), token.CreatedAt, token.ExpiresAt, makerId });
        return (token, key);
    }

    /// <summary>The record of a token that is good now.</summary>
    public ApiToken? Find(string key)
    {
        var now = time.GetUtcNow();
        var token = database.Find<Row>($"SELECT {Columns} FROM api_tokens WHERE key_hash = @hash AND expires_at > @now", new { hash = SecretKey.HashOf(key), now })?.ToToken();
        if (token is not null && !(now - token.LastUsedAt < UsedWithin))
        {
            database.Execute("UPDATE api_tokens SET last_used_at = @now WHERE id = @Id", new { token.Id, now });
        }

        return token;
    }

    /// <summary>The tokens, also expired ones, the newest first; of one person, or of all.</summary>
    public IReadOnlyList<ApiToken> List(string? personId = null) =>
        [.. database.Query<Row>($"SELECT {Columns} FROM api_tokens WHERE @personId IS NULL OR person_id = @personId ORDER BY id DESC", new { personId }).Select(row => row.ToToken())];

    /// <returns>False when there is none of that id.</returns>
    public bool Remove(string id, string? personId = null) =>
        database.Execute("DELETE FROM api_tokens WHERE id = @id AND (@personId IS NULL OR person_id = @personId)", new { id, personId }) > 0;

    private static PlatformException WrongLifetime() => new(PlatformFault.Input, $"A token lives for 1 to {(int)LongestLifetime.TotalDays} days.");

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string PersonId { get; init; }

        public required string Name { get; init; }

        public required string Start { get; init; }

        public required string Scopes { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset? LastUsedAt { get; init; }

        public ApiToken ToToken() => new()
        {
            Id = Id,
            PersonId = PersonId,
            Name = Name,
            Start = Start,
            Scopes = [.. Scopes.Split(' ').Select(Enum.Parse<TokenScope>)],
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            LastUsedAt = LastUsedAt,
        };
    }
}
