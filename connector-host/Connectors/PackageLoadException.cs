using ConnectorPlatform.Host.Connectors.Workers;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>A package's code cannot be used; the message names the package and every reason.</summary>
internal sealed class PackageLoadException : Exception
{
    public PackageLoadException(ConnectorPackage package, IReadOnlyList<PackageProblem> problems, Exception? inner = null)
        : base($"Connector \"{package.Manifest.Id}\" {package.Manifest.Version} cannot be loaded. {string.Join(" ", problems)}", inner) =>
        Problems = problems;

    /// <summary>As a worker has told it.</summary>
    public PackageLoadException(string message, string particulars)
        : base(message, new WorkerException(particulars)) =>
        Problems = [];

    public IReadOnlyList<PackageProblem> Problems { get; }

    public static PackageLoadException From(Exception cause, ConnectorPackage package, string file, string what) =>
        new(package, [new(file, "", $"{what}: {cause.GetType().Name}: {cause.Message}")], cause);
}
