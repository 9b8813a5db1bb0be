using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>A sign-in that has begun in somebody's browser and comes back from the source.</summary>
internal sealed record PendingSignIn
{
    public required string Id { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>Where the source sends the browser back to, exactly as it was asked for.</summary>
    public required string RedirectUri { get; init; }

    public required string Verifier { get; init; }

    /// <summary>What was filled into the credentials form beside the sign-in.</summary>
    public required JsonElement Credentials { get; init; }

    /// <summary>The account's name; null to name it after whose it turns out to be.</summary>
    public string? Name { get; init; }

    /// <summary>The account that is reconnected; null for a new one.</summary>
    public string? AccountId { get; init; }

    /// <summary>A local path to go on at.</summary>
    public string ReturnTo { get; init; } = "";

    /// <summary>The link by which a colleague was asked; null when nobody was.</summary>
    public string? InvitationId { get; init; }

    public static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where the browser goes to sign in (RFC 6749, 4.1.1; PKCE by RFC 7636).</summary>
    public Uri AddressAt(AuthorizationServer server, OAuthClient client, string state)
    {
        List<KeyValuePair<string, string?>> parameters =
        [
            new("response_type", "code"),
            new("client_id", client.Id),
            new("redirect_uri", RedirectUri),
            new("state", state),
        ];
        if (server.Scopes.Count > 0)
        {
            parameters.Add(new("scope", string.Join(' ', server.Scopes)));
        }

        if (server.UsesPkce)
        {
            parameters.Add(new("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)))));
            parameters.Add(new("code_challenge_method", "S256"));
        }

        parameters.AddRange(server.ExtraParameters.Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)));
        return new Uri(QueryHelpers.AddQueryString(server.AuthorizationEndpoint.AbsoluteUri, parameters));
    }
}
