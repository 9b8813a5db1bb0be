using System.Text.Json;
using ConnectorPlatform.Host.Accounts.OAuth;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Runs.SignIn;

/// <summary>Which sign-in at the source applies to credentials: as the connector's form declares it, at the addresses that the operator may set.</summary>
internal sealed class SignInMethods(IConfiguration configuration)
{
    /// <summary>The sign-in that applies to the credentials; null when they are typed in.</summary>
    /// <exception cref="PlatformException">An address cannot be used.</exception>
    public AuthorizationServer? Find(ConnectorPackage package, JsonElement credentials) =>
        Form.Parse(package.CredentialsForm).Root.OAuth2For(credentials) is { } declaration ? Read(package, declaration) : null;

    /// <summary>Whether the connector has such a method at all.</summary>
    public static bool IsOffered(ConnectorPackage package) => Declares(Form.Parse(package.CredentialsForm).Root);

    private static bool Declares(Branch branch) =>
        branch.OAuth2 is not null || branch.AllOf.Append(branch.Then).Append(branch.Else).OfType<Branch>().Any(Declares);

    // A source behind another address than its vendor's has another sign-in too.
    private AuthorizationServer Read(ConnectorPackage package, JsonElement declaration)
    {
        var section = configuration.GetSection($"Connectors:{package.Manifest.Id}:OAuth");
        return AuthorizationServer.Read(declaration, name => section[name] is { Length: > 0 } address ? address : null);
    }
}
