using System.Text.Json;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs.SignIn;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>Accounts of a platform that were connected by signing in at <see cref="SignInSource"/>, without a browser.</summary>
internal static class SignedInAccounts
{
    public const string Browser = "browser";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Uri BeginSignIn(this TestPlatform platform) => platform.Part<AccountSignIn>().Begin(
        new SignInWish { Package = platform.Part<ConnectorCatalog>().Find("bitly"), Credentials = JsonElement.Parse("""{ "sign_in": "oauth" }"""), RedirectUri = "http://127.0.0.1/back" }, Browser);

    /// <returns>The sign-in's id.</returns>
    public static Task<string> EndSignInAsync(this TestPlatform platform, Uri back)
    {
        var query = QueryHelpers.ParseQuery(back.Query);
        return platform.Part<AccountSignIn>().CompleteAsync(new SignInAnswer("bitly", query["state"]!, query["code"], null, null, null), Browser, Cancellation);
    }

    public static async Task<Account> ConnectAsync(this TestPlatform platform, SignInSource source)
    {
        var id = await platform.EndSignInAsync(source.Consent(platform.BeginSignIn(), "acme"));
        var (_, outcome) = platform.Part<AccountSignIn>().Get(id, Browser);
        return platform.Part<AccountStore>().GetById(outcome?.AccountId ?? throw new InvalidOperationException(outcome?.Failure));
    }

    /// <summary>Lets the account's access token have ended.</summary>
    public static void Expire(this TestPlatform platform, Account account)
    {
        var (grants, stored) = (platform.Part<GrantStore>(), platform.GrantOf(account));
        Assert.True(grants.TryReplace(account.Id, stored.Version, stored.Grant with { ExpiresAt = DateTimeOffset.UnixEpoch }));
    }

    public static StoredGrant GrantOf(this TestPlatform platform, Account account) => platform.Part<GrantStore>().Find(account)!;

    /// <summary>The access token that an operation gets.</summary>
    public static async Task<string> TokenAsync(this TestPlatform platform, Account account) =>
        (await platform.Part<AccountCredentials>().OpenAsync(account, platform.Part<ConnectorCatalog>().Find("bitly"), "a test", Cancellation)).Values.GetProperty("access_token").GetString()!;

    public static DataSetConfiguration AddLinkDataSet(this TestPlatform platform, Account account) => platform.AddDataSet(
        "bitly", account: account, details: JsonElement.Parse("""{ "report": "link_information", "bitly_link": "bit.ly/2Qj2niP" }"""));
}
