using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts.Invitations;

/// <summary>A link by which a colleague is asked to connect an account of theirs.</summary>
internal sealed record Invitation
{
    public required string Id { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>The account to reconnect; null for a new one.</summary>
    public string? AccountId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Invitations: each is good for one account, and for a time. The store knows their tokens as hashes only.</summary>
internal sealed class InvitationStore(MetadataDatabase database, TimeProvider time)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    private const string Columns = "id, connector, account_id, expires_at";

    /// <returns>The invitation, and its token, which nobody can read again.</returns>
    public (Invitation Invitation, string Token) Issue(string connector, string? accountId)
    {
        var now = time.GetUtcNow();
        var invitation = new Invitation { Id = Identifier.New(), Connector = connector, AccountId = accountId, ExpiresAt = now + Lasts };
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        database.Execute(
            """
            DELETE FROM account_invitations WHERE expires_at < @now;
            INSERT INTO account_invitations (id, token_hash, connector, account_id, created_at, expires_at, owner_id) VALUES (@Id, @hash, @Connector, @AccountId, @now, @ExpiresAt, @Owner)
            """,
            new { invitation.Id, invitation.Connector, invitation.AccountId, invitation.ExpiresAt, hash = Hash(token), now, Viewer.Owner });
        return (invitation, token);
    }

    /// <exception cref="PlatformException">The link is wrong, used or too old; it does not say which.</exception>
    public Invitation Get(string token) =>
        database.Find<Invitation>(
            $"SELECT {Columns} FROM account_invitations WHERE token_hash = @hash AND used_at IS NULL AND expires_at > @now", new { hash = Hash(token), now = time.GetUtcNow() })
        ?? throw new PlatformException(PlatformFault.NotFound, "This link is not valid, or not any more. Ask who sent it for a new one.");

    /// <summary>Uses the invitation up.</summary>
    /// <exception cref="PlatformException">It is used up already, or too old.</exception>
    public void Use(string id)
    {
        var now = time.GetUtcNow();
        if (database.Execute("UPDATE account_invitations SET used_at = @now WHERE id = @id AND used_at IS NULL AND expires_at > @now", new { id, now }) == 0)
        {
            throw new PlatformException(PlatformFault.Conflict, "The link has been used already, or is too old. Ask who sent it for a new one.");
        }
    }

    /// <summary>Makes who has asked the owner of the account that came of it.</summary>
    public void GiveToAsker(string id, string accountId) => database.Execute(
        "INSERT OR REPLACE INTO shares (kind, object_id, holder_id, level) SELECT 'Account', @accountId, owner_id, 3 FROM account_invitations WHERE id = @id AND owner_id IS NOT NULL",
        new { id, accountId });

    /// <summary>Makes an invitation good again whose use has come to nothing.</summary>
    public void Reopen(string id) => database.Execute("UPDATE account_invitations SET used_at = NULL WHERE id = @id", new { id });

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
