using ConnectorPlatform.Host.Accounts;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What is known of whether an account works.</summary>
internal enum AccountCondition
{
    /// <summary>Nothing has used it or asked for it yet.</summary>
    Untested,

    Works,

    /// <summary>Works, but not for much longer.</summary>
    Expires,

    /// <summary>The last check failed for another reason than the credentials.</summary>
    Unreachable,

    /// <summary>The source refuses the credentials, or they have expired: its owner must reconnect it.</summary>
    NeedsReconnecting,
}

/// <summary>An account with all that its users know of it.</summary>
/// <param name="Uses">The DataSets that use it, by name.</param>
/// <param name="Why">What the source said, when something is wrong.</param>
internal sealed record AccountState(Account Account, IReadOnlyList<AccountUse> Uses, AccountCondition Condition, string? Why)
{
    // Long enough before it expires that somebody who works weekly sees it.
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);

    /// <summary>When a run used it last; null for never.</summary>
    public DateTimeOffset? LastUsedAt => Uses.Max(use => use.StartedAt);

    public static AccountState Of(Account account, IReadOnlyList<AccountUse> uses, DateTimeOffset now)
    {
        var refusedAt = uses.Where(use => use.RefusedAt is { } at && !account.WorksAgainSince(at)).Max(use => use.RefusedAt);
        if (account.IsRefused || account.ExpiresAt <= now || refusedAt is not null)
        {
            var why = account.IsRefused ? account.CheckFailure : account.ExpiresAt <= now ? "The credentials have expired." : "The source refused the credentials at the last run.";
            return new(account, uses, AccountCondition.NeedsReconnecting, why);
        }

        var condition = account.CheckFailure is not null ? AccountCondition.Unreachable
            : account.ExpiresAt - now < WarnBefore ? AccountCondition.Expires
            : account.CheckedAt is null && uses.All(use => use.StartedAt is null) ? AccountCondition.Untested
            : AccountCondition.Works;
        return new(account, uses, condition, account.CheckFailure);
    }

    public static IReadOnlyList<AccountState> OfAll(AccountStore accounts, DateTimeOffset now)
    {
        var uses = accounts.Uses().ToLookup(use => use.AccountId);
        return [.. accounts.List().Select(account => Of(account, [.. uses[account.Id]], now))];
    }
}
