using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.People;

/// <summary>The operator's settings under <c>SignIn:OpenIdConnect</c>: a provider at which people sign in.</summary>
internal sealed record OpenIdConnectSettings : IValidatableObject
{
    /// <summary>The provider's address; without it there is none.</summary>
    public string? Authority { get; set; }

    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }

    /// <summary>What the button says.</summary>
    public string Title { get; set; } = "Sign in with your organisation";

    /// <summary>The claim that names a person; the first that is there counts.</summary>
    public string NameClaims { get; set; } = "email preferred_username name";

    /// <summary>The claim with a person's groups.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Scopes beyond <c>openid profile email</c>, with spaces between them.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>Groups of the provider, and the roles that they give; of several the furthest counts.</summary>
    public Dictionary<string, Role> Roles { get; } = [];

    /// <summary>The role of who is in none of these groups; without it they are refused.</summary>
    public Role? DefaultRole { get; set; }

    public bool IsSet => Authority is not null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsSet && string.IsNullOrWhiteSpace(ClientId))
        {
            yield return new("With an Authority also a ClientId is needed.", [nameof(ClientId)]);
        }

        if (IsSet && !(Uri.TryCreate(Authority, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)))
        {
            yield return new($"The Authority is an address that begins with https; \"{Authority}\" is none.", [nameof(Authority)]);
        }
    }
}
