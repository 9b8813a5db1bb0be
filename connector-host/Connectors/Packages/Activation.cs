namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Looks for DataSets that a version would leave with invalid details.</summary>
/// <returns>One sentence for each of them; none when the version can become active.</returns>
internal delegate IReadOnlyList<string> UpgradeCheck(ConnectorPackage package);

/// <summary>Decides whether a version becomes the one that new runs take.</summary>
internal sealed class Activation(UpgradeCheck check)
{
    /// <summary>Makes a usable version active when it is the highest and nobody has chosen another; if DataSets are in the way, says so in its reason.</summary>
    public LockedConnector Prefer(LockedConnector connector, ConnectorPackage package)
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

        var objections = check(package);
        return objections.Count == 0
            ? connector.Activated(version.Version, null)
            : connector.With(version with { Reason = $"Version {connector.Active} stays active: {Sentence(objections)}" });
    }

    /// <exception cref="PlatformException">DataSets would become invalid.</exception>
    public void Require(ConnectorPackage package)
    {
        if (check(package) is { Count: > 0 } objections)
        {
            throw new PlatformException(PlatformFault.Input, $"{package.Manifest.Id} {package.Manifest.Version} is not activated: {Sentence(objections)}");
        }
    }

    private static bool IsBelow(string version, string other) => SemanticVersion.Parse(version).CompareTo(SemanticVersion.Parse(other)) < 0;

    private static string Sentence(IReadOnlyList<string> objections) =>
        $"{string.Join(" ", objections)} Change these DataSets, or activate it with --force.";
}
