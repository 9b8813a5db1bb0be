namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>What a sign-in has come to, for the page that the browser ends at.</summary>
internal sealed record SignInOutcome
{
    /// <summary>The account that is connected now; null when there is none.</summary>
    public string? AccountId { get; init; }

    /// <summary>Why there is none; null when there is.</summary>
    public string? Failure { get; init; }

    /// <summary>What was granted to somebody else than the account's identity, until the user says whether that was meant.</summary>
    public HeldGrant? Held { get; init; }
}

/// <summary>A grant that waits for a word of the user.</summary>
internal sealed record HeldGrant(Grant Grant, string? Identity, DateTimeOffset? IdentityExpiresAt);
