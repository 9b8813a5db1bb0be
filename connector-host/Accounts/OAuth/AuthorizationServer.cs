using System.Text.Json;

namespace ConnectorPlatform.Host.Accounts.OAuth;

/// <summary>How this host proves at the token endpoint which client it is (RFC 6749, 2.3).</summary>
internal enum ClientAuthentication
{
    /// <summary>Id and secret in the body.</summary>
    Post,

    /// <summary>Id and secret as HTTP basic authentication.</summary>
    Basic,

    /// <summary>Only the id: a public client.</summary>
    None,
}

/// <summary>Where and how users of a connector sign in at its source, as <c>x-oauth2</c> of its credentials form says.</summary>
internal sealed record AuthorizationServer
{
    public required Uri AuthorizationEndpoint { get; init; }

    public required Uri TokenEndpoint { get; init; }

    /// <summary>Where tokens are refreshed; usually the token endpoint.</summary>
    public required Uri RefreshEndpoint { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Servers that do not know PKCE ignore it, so that only a form that forbids it goes without.</summary>
    public bool UsesPkce { get; init; } = true;

    public ClientAuthentication ClientAuthentication { get; init; }

    /// <summary>What stands on the button that leads there.</summary>
    public string? ButtonLabel { get; init; }

    public IReadOnlyDictionary<string, string> ExtraParameters { get; init; } = new Dictionary<string, string>();

    /// <param name="declaration">The value of <c>x-oauth2</c>.</param>
    /// <param name="overriding">The operator's address in the place of the declared one, by its name in the declaration.</param>
    /// <exception cref="PlatformException">An address is none, or is not encrypted.</exception>
    public static AuthorizationServer Read(JsonElement declaration, Func<string, string?> overriding)
    {
        var token = Address("tokenUrl");
        return new()
        {
            AuthorizationEndpoint = Address("authorizationUrl"),
            TokenEndpoint = token,
            RefreshEndpoint = overriding("tokenUrl") is null && declaration.TryGetProperty("refreshUrl", out _) ? Address("refreshUrl") : token,
            Scopes = declaration.TryGetProperty("scopes", out var scopes) ? [.. scopes.EnumerateArray().Select(scope => scope.GetString()!)] : [],
            UsesPkce = !(declaration.TryGetProperty("pkce", out var pkce) && pkce.ValueKind == JsonValueKind.False),
            ClientAuthentication = Text("clientAuth") switch
            {
                "basic" => ClientAuthentication.Basic,
                "none" => ClientAuthentication.None,
                _ => ClientAuthentication.Post,
            },
            ButtonLabel = Text("buttonLabel") is { Length: > 0 } label ? label : null,
            ExtraParameters = declaration.TryGetProperty("extraAuthorizationParams", out var extra)
                ? extra.EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.GetString()!)
                : new Dictionary<string, string>(),
        };

        string? Text(string name) => declaration.TryGetProperty(name, out var value) ? value.GetString() : null;

        Uri Address(string name)
        {
            var set = overriding(name);
            var text = set ?? Text(name);
            return Uri.TryCreate(text, UriKind.Absolute, out var address)
                && (address.Scheme == Uri.UriSchemeHttps || (set is not null && address.IsLoopback && address.Scheme == Uri.UriSchemeHttp))
                ? address
                : throw new PlatformException(
                    PlatformFault.Input, $"The address {name} for signing in, \"{text}\", cannot be used: it must begin with https://, or be set by the operator to one on this machine.");
        }
    }
}

/// <summary>What the operator has registered at a source.</summary>
/// <param name="Secret">Null for a public client.</param>
internal sealed record OAuthClient(string Id, string? Secret);
