using ConnectorPlatform.Host.Connectors;

namespace ConnectorPlatform.Host.Authoring;

/// <summary>A connector that an author named: by its project, by its package's folder, or by its id.</summary>
/// <param name="SamplesFolder">Where its sample data is kept by hand; null for an installed package, whose folder is no author's.</param>
internal sealed record ConnectorPlace(ConnectorPackage Package, string? SamplesFolder)
{
    /// <param name="name">A folder or an id.</param>
    /// <param name="build">Builds a project.</param>
    /// <param name="checkForm">Checks the forms of a package.</param>
    /// <param name="catalog">Finds an id.</param>
    /// <param name="target">An empty folder for the package that is built.</param>
    /// <param name="cancellationToken">Ends a build.</param>
    /// <exception cref="PlatformException">The folder holds no connector, or it cannot be built or used.</exception>
    /// <exception cref="ConnectorNotFoundException">There is no folder and no connector of that name.</exception>
    public static async Task<ConnectorPlace> FindAsync(
        string name, ProjectBuild build, FormCheck checkForm, Func<ConnectorCatalog> catalog, string target, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(name);
        if (ProjectBuild.ProjectIn(folder) is { } project)
        {
            var outcome = await build.BuildAsync(project, target, restore: true, cancellationToken).ConfigureAwait(false);
            return new ConnectorPlace(AuthorsOwn.Source(outcome.Package ?? throw Unusable(name, outcome.Errors)), Path.Combine(folder, "samples"));
        }

        if (File.Exists(Path.Combine(folder, ManifestReader.File)))
        {
            var (package, broken) = new PackageReader(folder, checkForm).Read();
            return new ConnectorPlace(AuthorsOwn.Source(package ?? throw Unusable(name, broken!.Problems.Select(problem => problem.ToString()))), package.SamplesFolder);
        }

        return Directory.Exists(folder) && name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new PlatformException(PlatformFault.Input, $"The folder {name} holds neither a project nor a {ManifestReader.File}: give a connector's folder, or its id.")
            : new ConnectorPlace(catalog().Find(name), null);
    }

    private static PlatformException Unusable(string name, IEnumerable<string> reasons) =>
        new(PlatformFault.Input, $"The connector in {name} cannot be built or used. {string.Join("; ", reasons)}");
}
