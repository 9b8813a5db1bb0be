namespace ConnectorPlatform.Host.Accounts;

/// <summary>Stored credentials for a connector; the credentials themselves stay in the store.</summary>
internal sealed record Account
{
    /// <summary>The name under which every connector with samples can be tried without credentials.</summary>
    public const string Sample = "sample";

    public required string Id { get; init; }

    /// <summary>Unique whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>Whose account it is, as the source named it when it was last checked.</summary>
    public string? Identity { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the credentials were last given.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the source was last asked whether the credentials work; null for never.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Why the last check failed; null when it did not.</summary>
    public string? CheckFailure { get; init; }

    /// <summary>Whether the last check failed because the source refuses the credentials.</summary>
    public bool IsRefused { get; init; }

    /// <summary>When the credentials stop working, if the source tells.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it has been as the last check found it; null when nothing was found since the credentials were given.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>Until when the source asked not to come back, at the last check.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }

    /// <summary>Whether the account has been reconnected, or was found to work, after the instant.</summary>
    public bool WorksAgainSince(DateTimeOffset instant) => UpdatedAt > instant || (CheckFailure is null && CheckedAt > instant);
}

/// <summary>What the source said of credentials.</summary>
/// <param name="Failure">Null when they work.</param>
/// <param name="IsRefused">Whether it failed because the source refuses them.</param>
internal sealed record AccountCheck(string? Identity, DateTimeOffset? ExpiresAt, string? Failure = null, bool IsRefused = false)
{
    /// <summary>Until when the source allows no more for now; null when it did not say so.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }
}

/// <summary>A DataSet that an account is used for.</summary>
internal sealed record AccountUse
{
    public required string AccountId { get; init; }

    public required string DatasetId { get; init; }

    public required string DatasetName { get; init; }

    /// <summary>When its last run started; null when it has never run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last run ended, if that failed because the source refused the credentials.</summary>
    public DateTimeOffset? RefusedAt { get; init; }

    /// <summary>When its last run ended, if that failed because the account had used up what the source allows.</summary>
    public DateTimeOffset? LimitedAt { get; init; }
}
