using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>A sign-in that came back with something that is not what was sent out.</summary>
internal sealed class SignInRefusedException(string message) : Exception(message);

/// <summary>Sign-ins under way, encrypted. Each ends once, within its time, in the browser and for the connector that it began for.</summary>
internal sealed class PendingSignInStore(MetadataDatabase database, DataFolder folder, TimeProvider time)
{
    /// <summary>How long a user may take at the source.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    // Long enough to go back to the page that tells what became of it.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly SecretBox _secrets = new(folder, "pending-sign-ins");

    /// <param name="signIn">What has begun.</param>
    /// <param name="browser">Names the browser; a value that only it knows.</param>
    /// <returns>The state that the source gives back.</returns>
    public string Begin(PendingSignIn signIn, string browser)
    {
        var (state, now) = (PendingSignIn.NewSecret(), time.GetUtcNow());
        database.Execute(
            """
            DELETE FROM pending_sign_ins WHERE expires_at < @old;
            INSERT INTO pending_sign_ins (id, state_hash, browser_hash, connector, content, created_at, expires_at)
            VALUES (@Id, @stateHash, @browserHash, @Connector, @content, @now, @expiresAt)
            """,
            new
            {
                signIn.Id,
                signIn.Connector,
                stateHash = Hash(state),
                browserHash = Hash(browser),
                content = _secrets.Protect(JsonSerializer.Serialize(signIn)),
                now,
                expiresAt = now + Patience,
                old = now - Kept,
            });
        return state;
    }

    /// <summary>Takes the sign-in of a state, once.</summary>
    /// <exception cref="SignInRefusedException">The state is wrong, used or expired, or belongs to another browser or connector.</exception>
    public PendingSignIn Take(string state, string browser, string connector)
    {
        var (stateHash, browserHash, now) = (Hash(state), Hash(browser), time.GetUtcNow());
        var taken = database.Execute(
            """
            UPDATE pending_sign_ins SET used_at = @now
            WHERE state_hash = @stateHash AND browser_hash = @browserHash AND connector = @connector AND used_at IS NULL AND expires_at > @now
            """,
            new { stateHash, browserHash, connector, now });
        var row = database.Find<Row>("SELECT content, browser_hash, connector, expires_at, used_at FROM pending_sign_ins WHERE state_hash = @stateHash", new { stateHash });
        return taken > 0 ? Opened(row!) : throw new SignInRefusedException(row switch
        {
            null => "This host has not begun the sign-in that came back. Begin it here, and do not use old links.",
            _ when row.BrowserHash != browserHash => "The sign-in was begun in another browser. Begin it anew in this one.",
            _ when row.Connector != connector => "The answer belongs to another connector than the sign-in that was begun, and was not used.",
            { UsedAt: not null } => "The sign-in has come back already; it can end only once. Begin it anew.",
            _ => $"The sign-in took longer than {Patience.TotalMinutes:0} minutes. Begin it anew.",
        });
    }

    /// <summary>A sign-in that was begun in the browser, whether it has come back or not.</summary>
    /// <exception cref="PlatformException">There is none of that id in that browser.</exception>
    public (PendingSignIn SignIn, SignInOutcome? Outcome) Get(string id, string browser)
    {
        var row = database.Find<Row>(
            "SELECT content, browser_hash, connector, expires_at, used_at, outcome FROM pending_sign_ins WHERE id = @id AND browser_hash = @browserHash",
            new { id, browserHash = Hash(browser) })
            ?? throw new PlatformException(PlatformFault.NotFound, "There is no such sign-in in this browser; begin it anew.");
        return (Opened(row), row.Outcome is { } outcome ? JsonSerializer.Deserialize<SignInOutcome>(Reveal(outcome)) : null);
    }

    public void End(string id, SignInOutcome outcome) => database.Execute(
        "UPDATE pending_sign_ins SET outcome = @outcome WHERE id = @id", new { id, outcome = _secrets.Protect(JsonSerializer.Serialize(outcome)) });

    private PendingSignIn Opened(Row row) => JsonSerializer.Deserialize<PendingSignIn>(Reveal(row.Content))!;

    private string Reveal(string stored) => _secrets.Reveal(stored, "A sign-in", "begin it anew");

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed record Row
    {
        public required string Content { get; init; }

        public required string BrowserHash { get; init; }

        public required string Connector { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset? UsedAt { get; init; }

        public string? Outcome { get; init; }
    }
}
