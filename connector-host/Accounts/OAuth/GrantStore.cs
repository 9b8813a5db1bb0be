using System.Security.Cryptography;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>
/// What sources have granted to accounts, encrypted. Of all processes and runs one at a time refreshes a grant: it holds the grant's lease, and its
/// result is stored only over the version that it began with.
/// </summary>
internal sealed class GrantStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
{
    private readonly SecretBox _secrets = new(folder, "account-grants");

    /// <summary>Null for an account that has none: its credentials were typed in.</summary>
    /// <exception cref="PlatformException">The keys of the data folder do not open it.</exception>
    public StoredGrant? Find(Account account) =>
        database.Find<Row>("SELECT tokens, version FROM grants WHERE account_id = @Id", new { account.Id }) is { } row
            ? new(JsonSerializer.Deserialize<Grant>(_secrets.Reveal(row.Tokens, $"What the source granted to account \"{account.Name}\"", "reconnect the account"))!, row.Version)
            : null;

    /// <summary>Gives the account a grant, in the place of any that it had.</summary>
    public void Put(string accountId, Grant grant) => database.Execute(
        """
        INSERT INTO grants (account_id, tokens, version, granted_at) VALUES (@accountId, @tokens, @version, @GrantedAt)
        ON CONFLICT (account_id) DO UPDATE SET tokens = @tokens, version = version + 1, granted_at = @GrantedAt, lease_owner = NULL, lease_until = NULL
        """,
        new { accountId, tokens = Protect(grant), grant.GrantedAt, version = FirstVersion() });

    /// <summary>Stores a refreshed grant.</summary>
    /// <returns>False when the grant has changed since <paramref name="version"/>: the account was reconnected meanwhile.</returns>
    public bool TryReplace(string accountId, long version, Grant grant) => database.Execute(
        "UPDATE grants SET tokens = @tokens, version = version + 1, granted_at = @GrantedAt WHERE account_id = @accountId AND version = @version",
        new { accountId, version, tokens = Protect(grant), grant.GrantedAt }) > 0;

    /// <summary>Takes the right to refresh.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="term">After which the right is anybody's again, should its holder hang; of a process that is gone it is at once.</param>
    /// <returns>Names the right; null when another has it.</returns>
    public string? TryLease(string accountId, TimeSpan term)
    {
        var holder = database.Find<string?>("SELECT lease_owner FROM grants WHERE account_id = @accountId", new { accountId });
        var gone = holder is not null && !folder.IsAlive(holder.Split('/')[0]) ? holder : null;
        var (lease, now) = ($"{folder.Instance}/{Identifier.New()}", time.GetUtcNow());
        return database.Execute(
            """
            UPDATE grants SET lease_owner = @lease, lease_until = @until
            WHERE account_id = @accountId AND (lease_owner IS NULL OR lease_until <= @now OR lease_owner = @gone)
            """,
            new { accountId, lease, until = now + term, now, gone }) > 0 ? lease : null;
    }

    public void EndLease(string accountId, string lease) => database.Execute(
        "UPDATE grants SET lease_owner = NULL, lease_until = NULL WHERE account_id = @accountId AND lease_owner = @lease", new { accountId, lease });

    // No number that the account's grant before it could have had, as that may be under refresh just now.
    private static long FirstVersion() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))) * (long)int.MaxValue;

    private string Protect(Grant grant) => _secrets.Protect(JsonSerializer.Serialize(grant));

    private sealed record Row
    {
        public required string Tokens { get; init; }

        public required long Version { get; init; }
    }
}
