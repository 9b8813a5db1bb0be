using System.Globalization;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.People.Storage;

namespace ConnectorPlatform.Host.Web.People;

/// <summary>
/// The tokens that somebody makes in their own name, on the page or by the API. A token never may more than its person; one that was made with another token
/// has none but that one's scopes, lives no longer, and is revoked with it.
/// </summary>
internal sealed class OwnTokens(ApiTokenStore tokens, TimeProvider time)
{
    public IReadOnlyList<ApiToken> List(Caller caller) => tokens.List(caller.Required.Id);

    /// <param name="caller">Whose it is to be.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="scopes">At least one.</param>
    /// <param name="days">For how long it is good; null for the usual time, or as long as the token that makes it.</param>
    /// <returns>The token's record, and the token, which is nowhere else.</returns>
    /// <exception cref="PlatformException">It has no name, lives too long, or would have what the token that makes it has not.</exception>
    public (ApiToken Token, string Key) Add(Caller caller, string name, IReadOnlyList<TokenScope> scopes, int? days)
    {
        var lifetime = days is { } number ? ApiTokenStore.LifetimeOf(number) : ApiTokenStore.UsualLifetime;
        if (caller.Token is not { } maker)
        {
            return tokens.Add(caller.Required.Id, name, scopes, lifetime);
        }

        CheckReach(maker, scopes);
        var left = maker.ExpiresAt - time.GetUtcNow();
        if (days is not null && lifetime > left)
        {
            throw new PlatformException(
                PlatformFault.Input,
                string.Create(CultureInfo.InvariantCulture, $"This token is good until {maker.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, and none that it makes is good for longer: name fewer days, or none."));
        }

        return tokens.Add(caller.Required.Id, name, scopes, lifetime < left ? lifetime : left, maker.Id);
    }

    /// <returns>False when the caller has no token of that id.</returns>
    /// <exception cref="PlatformException">The token that asks could not have made it.</exception>
    public bool Revoke(Caller caller, string id)
    {
        if (caller.Token is { } asking && List(caller).FirstOrDefault(token => token.Id == id) is { } found)
        {
            CheckReach(asking, found.Scopes);
        }

        return tokens.Remove(id, caller.Required.Id);
    }

    private static void CheckReach(ApiToken token, IReadOnlyList<TokenScope> scopes)
    {
        if (scopes.Except(token.Scopes).Select(scope => scope.ToString().ToLowerInvariant()).ToList() is { Count: > 0 } missing)
        {
            throw new PlatformException(
                PlatformFault.Input, $"This token has not the scope {string.Join(", ", missing)}: it makes and revokes only tokens that may no more than itself. The page of your profile knows no such limit.");
        }
    }
}
