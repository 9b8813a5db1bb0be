using ConnectorPlatform.Host.Accounts;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What is known of whether an account works.</summary>
internal enum AccountCondition
{
    /// <summary>Nothing has used it or asked for it yet.</summary>
    NeverChecked,

    Connected,

    /// <summary>Works, but not for much longer.</summary>
    Expiring,

    /// <summary>It has used up what the source allows for now.</summary>
    RateLimited,

    /// <summary>The last check failed for another reason than the credentials.</summary>
    Unreachable,

    /// <summary>The source refuses the credentials, or they have expired: its owner must reconnect it.</summary>
    ReconnectNeeded,
}

/// <summary>An account with all that its users know of it.</summary>
/// <param name="Uses">The DataSets that use it, by name.</param>
/// <param name="Why">What the source said, when something is wrong.</param>
/// <param name="Since">Since when it has been so.</param>
internal sealed record AccountState(Account Account, IReadOnlyList<AccountUse> Uses, AccountCondition Condition, string? Why, DateTimeOffset Since)
{
    // Long enough before it expires that somebody who works weekly sees it.
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);

    // Sources count by the hour or less, and those that count by the day or month say until when.
    private static readonly TimeSpan LimitLasts = TimeSpan.FromHours(1);

    /// <summary>When a run used it last; null for never.</summary>
    public DateTimeOffset? LastUsedAt => Uses.Max(use => use.StartedAt);

    /// <summary>The condition in the words of pages.</summary>
    public string Words => Condition switch
    {
        AccountCondition.Connected => "Connected",
        AccountCondition.Expiring => "Expiring",
        AccountCondition.RateLimited => "Rate-limited",
        AccountCondition.Unreachable => "Could not be tested",
        AccountCondition.ReconnectNeeded => "Reconnect needed",
        _ => "Never checked",
    };

    public static AccountState Of(Account account, IReadOnlyList<AccountUse> uses, DateTimeOffset now)
    {
        var (condition, why, since) = Judge(account, uses, now);
        return new(account, uses, condition, why, since);
    }

    public static IReadOnlyList<AccountState> OfAll(AccountStore accounts, DateTimeOffset now)
    {
        var uses = accounts.Uses().ToLookup(use => use.AccountId);
        return [.. accounts.List().Select(account => Of(account, [.. uses[account.Id]], now))];
    }

    private static (AccountCondition Condition, string? Why, DateTimeOffset Since) Judge(Account account, IReadOnlyList<AccountUse> uses, DateTimeOffset now)
    {
        var checkedSince = account.StateSince ?? account.CheckedAt ?? account.UpdatedAt;
        if (account.IsRefused)
        {
            return (AccountCondition.ReconnectNeeded, account.CheckFailure, checkedSince);
        }

        if (account.ExpiresAt is { } end && end <= now)
        {
            return (AccountCondition.ReconnectNeeded, "The credentials have expired.", end);
        }

        if (uses.Where(use => use.RefusedAt is { } at && !account.WorksAgainSince(at)).Min(use => use.RefusedAt) is { } refusedAt)
        {
            return (AccountCondition.ReconnectNeeded, "The source refused the credentials at the last run.", refusedAt);
        }

        if (account.LimitedUntil > now)
        {
            return (AccountCondition.RateLimited, account.CheckFailure, checkedSince);
        }

        if (uses.Where(use => use.LimitedAt > now - LimitLasts).Min(use => use.LimitedAt) is { } limitedAt)
        {
            return (AccountCondition.RateLimited, "The last run ended because the account had used up what the source allows.", limitedAt);
        }

        return account switch
        {
            { CheckFailure: { } failure } => (AccountCondition.Unreachable, failure, checkedSince),
            { ExpiresAt: { } expiry } when expiry - now < WarnBefore => (AccountCondition.Expiring, "The credentials stop working soon; reconnect before.", expiry - WarnBefore),
            { CheckedAt: null } when uses.All(use => use.StartedAt is null) => (AccountCondition.NeverChecked, null, account.UpdatedAt),
            _ => (AccountCondition.Connected, null, checkedSince),
        };
    }
}
