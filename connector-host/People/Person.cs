namespace ConnectorPlatform.Host.People;

/// <summary>Somebody who signs in.</summary>
internal sealed record Person
{
    public required string Id { get; init; }

    /// <summary>What is typed to sign in; unique whatever its case.</summary>
    public required string Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>Cannot sign in, and their sessions and tokens open nothing.</summary>
    public bool IsDisabled { get; init; }

    public bool HasPassword { get; init; }

    /// <summary>The OpenID provider that vouches for the person; null for a person of this platform alone.</summary>
    public string? Issuer { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>Invited, and has not chosen a password yet.</summary>
    public bool IsExpected => !HasPassword && Issuer is null;
}
