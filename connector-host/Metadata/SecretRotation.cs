namespace ConnectorPlatform.Host.Metadata;

/// <summary>Makes a new key and encrypts everything that is stored with it anew, so that a key that has leaked opens nothing that is stored from then on.</summary>
internal sealed class SecretRotation(MetadataDatabase database, DataFolder folder, IConfiguration configuration, TimeProvider time)
{
    private const int Most = 1_000_000;

    private static readonly (string Table, string Key, string Column, string Purpose)[] Secrets =
    [
        ("accounts", "id", "credentials", "account-credentials"),
        ("grants", "account_id", "tokens", "account-grants"),
        ("oauth_clients", "connector", "client_secret", "oauth-client-secrets"),
        ("notice_rules", "id", "secret", "notice-secrets"),
        ("drafts", "id", "content", "drafts"),
    ];

    /// <returns>How many secrets were encrypted anew.</returns>
    /// <exception cref="PlatformException">The keys or a secret cannot be opened; what was done until then stays good.</exception>
    public int Rotate()
    {
        folder.KeyRing.Rotate(WrappingKey.Read(configuration, "Keys:PreviousWrappingKey"), time.GetUtcNow());
        return Secrets.Sum(Renew);
    }

    private int Renew((string Table, string Key, string Column, string Purpose) place)
    {
        var (table, key, column, purpose) = place;
        var box = new SecretBox(folder, purpose);
        var rows = database.Query<Row>($"SELECT {key} AS name, {column} AS secret FROM {table} WHERE {column} IS NOT NULL LIMIT {Most}");

        // A secret that was changed meanwhile was written with the new key already.
        return rows.Sum(row => database.Execute(
            $"UPDATE {table} SET {column} = @renewed WHERE {key} = @Name AND {column} = @Secret",
            new { row.Name, row.Secret, renewed = box.Protect(box.Reveal(row.Secret, $"An entry of {table}", "remove it")) }));
    }

    private sealed record Row
    {
        public required string Name { get; init; }

        public required string Secret { get; init; }
    }
}
