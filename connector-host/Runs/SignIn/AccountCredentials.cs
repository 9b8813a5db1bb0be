using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Runs.SignIn;

/// <summary>Credentials for one operation.</summary>
/// <param name="Renew">Gives others when the source refuses these; null when there are no others.</param>
internal sealed record LiveCredentials(JsonElement Values, Func<CancellationToken, Task<JsonElement>>? Renew);

/// <summary>The credentials of accounts as an operation uses them: what was typed in, with what its references point to, and what the source has granted as <c>access_token</c>.</summary>
internal sealed class AccountCredentials(AccountStore accounts, GrantStore grants, GrantRefresh refresh, SignInMethods methods, CredentialReferences references)
{
    private const string Token = "access_token";

    /// <param name="account">The account.</param>
    /// <param name="package">Its connector.</param>
    /// <param name="purpose">What they are used for, as the audit log tells it.</param>
    /// <param name="cancellationToken">Ends asking for a token.</param>
    /// <exception cref="ConnectorException">The account must be reconnected, or no token can be had just now.</exception>
    /// <exception cref="PlatformException">The keys of the data folder do not open them, or a reference points to nothing.</exception>
    public async Task<LiveCredentials> OpenAsync(Account account, ConnectorPackage package, string purpose, CancellationToken cancellationToken)
    {
        var typed = references.Resolve(accounts.Reveal(account, purpose));
        if (grants.Find(account) is not { } stored)
        {
            return new(typed, null);
        }

        if (methods.Find(package, typed) is not { } server)
        {
            return new(With(typed, stored.Grant.AccessToken), null);
        }

        var used = await refresh.FreshAsync(account, server, null, cancellationToken).ConfigureAwait(false);
        return new(With(typed, used.Grant.AccessToken), async cancellation =>
        {
            used = await refresh.FreshAsync(account, server, used.Version, cancellation).ConfigureAwait(false);
            return With(typed, used.Grant.AccessToken);
        });
    }

    /// <summary>The credentials with a token that was granted.</summary>
    public static JsonElement With(JsonElement typed, string accessToken)
    {
        var credentials = JsonNode.Parse(typed.GetRawText())!;
        credentials[Token] = accessToken;
        return JsonElement.Parse(credentials.ToJsonString());
    }
}
