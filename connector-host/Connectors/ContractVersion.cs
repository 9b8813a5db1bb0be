namespace ConnectorPlatform.Host.Connectors;

/// <summary>Which versions of the contract this host serves: its own major version, up to its own minor version.</summary>
internal static class ContractVersion
{
    public static Version OfHost { get; } = typeof(IConnector).Assembly.GetName().Version!;

    /// <summary>Null when the host serves the version, else the reason in words.</summary>
    public static string? Objection(Version version)
    {
        if (version.Major != OfHost.Major)
        {
            var remedy = version.Major > OfHost.Major ? "update the host" : "build the connector anew with the current contract";
            return $"Built for contract {version.Major}, this host has {OfHost.Major}: {remedy}.";
        }

        return version.Minor > OfHost.Minor
            ? $"Built for contract {version.Major}.{version.Minor}, this host has {OfHost.Major}.{OfHost.Minor}: update the host."
            : null;
    }
}
