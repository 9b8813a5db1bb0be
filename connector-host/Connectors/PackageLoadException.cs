namespace ConnectorPlatform.Host.Connectors;

/// <summary>A package's code cannot be used; the message names the package and every reason.</summary>
internal sealed class PackageLoadException(ConnectorPackage package, IReadOnlyList<PackageProblem> problems, Exception? inner = null)
    : Exception($"Connector \"{package.Manifest.Id}\" {package.Manifest.Version} cannot be loaded. {string.Join(" ", problems)}", inner)
{
    public IReadOnlyList<PackageProblem> Problems { get; } = problems;

    public static PackageLoadException From(Exception cause, ConnectorPackage package, string file, string what) =>
        new(package, [new(file, "", $"{what}: {cause.GetType().Name}: {cause.Message}")], cause);
}
