using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Authoring;

/// <summary>What holds for a connector that its author runs on the author's own machine.</summary>
internal static class AuthorsOwn
{
    /// <summary>The package, whose source may be a server on this machine when the manifest says so. What is installed needs the operator's word for that.</summary>
    public static ConnectorPackage Source(ConnectorPackage package) => package.Manifest.Http.BaseAddress.IsLoopback
        ? package with { Manifest = package.Manifest with { Http = package.Manifest.Http.WithBaseAddressOpen() } }
        : package;
}
