using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Finds accounts as the API names them: by id or by name.</summary>
internal sealed class AccountLookup(AccountStore accounts)
{
    public static JsonElement NoDetails { get; } = JsonElement.Parse("{}");

    /// <exception cref="PlatformException">There is none.</exception>
    public Account Get(string account) => accounts.List().FirstOrDefault(stored => stored.Id == account) ?? accounts.Get(account);

    /// <summary>The account, or sample data for <c>sample</c> and when none is named.</summary>
    /// <exception cref="PlatformException">There is none.</exception>
    public AccountChoice Choose(string? account) =>
        account is null || string.Equals(account, Account.Sample, StringComparison.OrdinalIgnoreCase) ? AccountChoice.SampleData : new AccountChoice(Get(account));
}
