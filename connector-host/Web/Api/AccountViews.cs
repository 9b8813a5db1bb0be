using System.ComponentModel;
using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>An account; its credentials are never shown.</summary>
internal sealed record AccountView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    [Description("The connector's id.")]
    public required string Connector { get; init; }

    [Description("Whose account it is, as the source named it.")]
    public required string? Identity { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    [Description("When the credentials were last given.")]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("When the source was last asked whether the credentials work.")]
    public required DateTimeOffset? CheckedAt { get; init; }

    [Description("Why the last check failed; null when it did not.")]
    public required string? CheckFailure { get; init; }

    [Description("When the credentials stop working, if the source tells.")]
    public required DateTimeOffset? ExpiresAt { get; init; }

    [Description("neverChecked, connected, expiring, rateLimited, unreachable or reconnectNeeded.")]
    public required AccountCondition State { get; init; }

    [Description("Why, when something is wrong.")]
    public required string? StateReason { get; init; }

    [Description("Since when it has been so.")]
    public required DateTimeOffset StateSince { get; init; }

    [Description("The DataSets that use it.")]
    public required IReadOnlyList<AccountUseView> DataSets { get; init; }

    public static AccountView Of(AccountState state) => new()
    {
        Id = state.Account.Id,
        Name = state.Account.Name,
        Connector = state.Account.Connector,
        Identity = state.Account.Identity,
        CreatedAt = state.Account.CreatedAt,
        UpdatedAt = state.Account.UpdatedAt,
        CheckedAt = state.Account.CheckedAt,
        CheckFailure = state.Account.CheckFailure,
        ExpiresAt = state.Account.ExpiresAt,
        State = state.Condition,
        StateReason = state.Why,
        StateSince = state.Since,
        DataSets = [.. state.Uses.Select(use => new AccountUseView(use.DatasetId, use.DatasetName, use.StartedAt))],
    };
}

/// <summary>A DataSet that uses an account.</summary>
internal sealed record AccountUseView(string Id, string Name, [property: Description("When its last run started.")] DateTimeOffset? LastRunAt);

/// <summary>An account to be added.</summary>
internal sealed record AccountBody
{
    [Description("A name that you recognise the account by.")]
    public required string Name { get; init; }

    [Description("The connector's id.")]
    public required string Connector { get; init; }

    [Description("What the connector's credentials form asks for. Written only: no answer shows it.")]
    public required JsonElement Credentials { get; init; }

    [Description("Whether the source is asked if they work.")]
    public bool Check { get; init; } = true;
}

/// <summary>A new name for an account.</summary>
internal sealed record AccountNameBody(string Name);

/// <summary>New credentials for an account.</summary>
internal sealed record CredentialsBody
{
    [Description("What the connector's credentials form asks for; a secret that is left out stays as it is. Written only.")]
    public required JsonElement Credentials { get; init; }

    [Description("Whether the source is asked if they work.")]
    public bool Check { get; init; } = true;

    [Description("Whether they may be somebody else's than the account was.")]
    public bool MayBeAnother { get; init; }
}

/// <summary>What the source said of an account.</summary>
internal sealed record AccountTestView
{
    public required bool Works { get; init; }

    public required string? Identity { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    [Description("Why it does not work.")]
    public required string? Failure { get; init; }

    [Description("Whether the source refuses the credentials, so that others are needed.")]
    public required bool IsRefused { get; init; }

    public static AccountTestView Of(AccountCheck check) => new()
    {
        Works = check.Failure is null,
        Identity = check.Identity,
        ExpiresAt = check.ExpiresAt,
        Failure = check.Failure,
        IsRefused = check.IsRefused,
    };
}

/// <summary>Another account for DataSets.</summary>
internal sealed record AccountMoveBody
{
    [Description("The account that they use from now on: its id or name.")]
    public required string To { get; init; }

    [Description("The ids of the DataSets; left out for all that use the account.")]
    public IReadOnlyList<string>? DataSets { get; init; }
}

/// <summary>A link by which a colleague connects an account.</summary>
internal sealed record InvitationView(
    [property: Description("Works once; it is not shown again.")] string Link,
    DateTimeOffset ExpiresAt);
