namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Looks for DataSets that a version would leave with invalid details. Runs the version's code where they must be migrated.</summary>
/// <returns>One sentence for each of them; none when the version can become active.</returns>
internal delegate Task<IReadOnlyList<string>> UpgradeCheck(ConnectorPackage package, CancellationToken cancellationToken);

/// <summary>Decides whether a version becomes the one that new runs take.</summary>
internal static class Activation
{
    /// <summary>Whether a version that is installed now would take the place of another, so that the DataSets must be asked.</summary>
    public static bool TakesAPlace(LockedConnector? connector, string version) =>
        connector is { ChosenBy: null, Active: { } active } && active != version && !IsBelow(version, active);

    /// <summary>Makes a usable version active when it is the highest and nobody has chosen another; if DataSets are in the way, says so in its reason.</summary>
    /// <param name="connector">The connector with the version in it.</param>
    /// <param name="package">The version's package.</param>
    /// <param name="objections">The DataSets' objections; null when they were not asked, and then no other version loses its place.</param>
    public static LockedConnector Prefer(LockedConnector connector, ConnectorPackage package, IReadOnlyList<string>? objections)
    {
        var version = connector.Find(package.Manifest.Version)!;
        if (!version.IsUsable || connector.ChosenBy is not null || (connector.Active is { } active && IsBelow(version.Version, active)))
        {
            return connector;
        }

        if (connector.Active is null || connector.Active == version.Version)
        {
            return connector.Activated(version.Version, null);
        }

        return objections switch
        {
            null => connector,
            [] => connector.Activated(version.Version, null),
            _ => connector.With(version with { Reason = $"Version {connector.Active} stays active: {Sentence(objections)}" }),
        };
    }

    /// <exception cref="PlatformException">DataSets would become invalid.</exception>
    public static void Require(ConnectorPackage package, IReadOnlyList<string> objections)
    {
        if (objections.Count > 0)
        {
            throw new PlatformException(PlatformFault.Input, $"{package.Manifest.Id} {package.Manifest.Version} is not activated: {Sentence(objections)}");
        }
    }

    private static bool IsBelow(string version, string other) => SemanticVersion.Parse(version).CompareTo(SemanticVersion.Parse(other)) < 0;

    private static string Sentence(IReadOnlyList<string> objections) =>
        $"{string.Join(" ", objections)} Change these DataSets, or activate it with --force.";
}
