using ConnectorPlatform.Host.Connectors.Packages;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>What a look into the packages' folders has found.</summary>
/// <param name="Packages">Every usable version of every connector, by id; the one that new runs take first, then the highest.</param>
/// <param name="Broken">The others, with their reasons.</param>
internal sealed record CatalogContent(IReadOnlyList<ConnectorPackage> Packages, IReadOnlyList<BrokenPackage> Broken);

/// <summary>
/// The connectors that can be used, and those that cannot. Runs none of their code.
/// A package that is broken stays out, and the host goes on with the others.
/// </summary>
internal sealed class ConnectorCatalog
{
    private readonly IReadOnlyList<string> _folders;
    private readonly Func<CatalogContent> _content;

    /// <summary>What lies in folders now, as <c>id/version/</c> or <c>name/</c>: to be looked at, not to be run.</summary>
    /// <param name="folders">Folders with packages, or packages; where two hold the same version, the first wins.</param>
    /// <param name="checkForm">The dialect's lint.</param>
    public ConnectorCatalog(IReadOnlyList<string> folders, FormCheck checkForm)
    {
        var content = Scan(folders, checkForm);
        (_folders, _content) = (folders, () => content);
    }

    /// <summary>What is installed in the store, as it changes.</summary>
    /// <param name="installed">The store's content.</param>
    /// <param name="folders">Where packages come from, for messages.</param>
    public ConnectorCatalog(InstalledConnectors installed, IReadOnlyList<string> folders) =>
        (_folders, _content) = (folders, () => installed.Content);

    public IReadOnlyList<ConnectorPackage> Packages => _content().Packages;

    public IReadOnlyList<BrokenPackage> Broken => _content().Broken;

    /// <summary>Finds a connector.</summary>
    /// <param name="id">The connector's id.</param>
    /// <param name="version">A version; null for the one that new runs take.</param>
    /// <exception cref="ConnectorNotFoundException">There is none; the message says what there is, or why the package is broken.</exception>
    public ConnectorPackage Find(string id, string? version = null)
    {
        var content = _content();
        return content.Packages.FirstOrDefault(package => package.Manifest.Id == id && (version is null || package.Manifest.Version == version))
            ?? throw ConnectorNotFoundException.For(id, version, content, _folders);
    }

    public static CatalogContent Scan(IReadOnlyList<string> folders, FormCheck checkForm)
    {
        var packages = new List<ConnectorPackage>();
        var broken = new List<BrokenPackage>();
        foreach (var folder in folders.Select(Path.GetFullPath).Distinct())
        {
            foreach (var packageFolder in PackageFolders(folder, broken))
            {
                var (package, reasons) = new PackageReader(packageFolder, checkForm).Read();
                if (package is not null && packages.Find(other => IsSameVersion(other, package)) is { } first)
                {
                    reasons = new(packageFolder, package.Manifest.Id, [new(ManifestReader.File, "/version",
                        $"{package.Manifest.Id} {package.Manifest.Version} is also in {first.Folder}, which is used: remove one of the two.")])
                    {
                        Version = package.Manifest.Version,
                    };
                }

                if (reasons is not null)
                {
                    broken.Add(reasons);
                }
                else
                {
                    packages.Add(package!);
                }
            }
        }

        return new(
            [.. packages.OrderBy(package => package.Manifest.Id, StringComparer.Ordinal)
                .ThenByDescending(package => SemanticVersion.Parse(package.Manifest.Version))],
            [.. broken.OrderBy(package => package.Folder, StringComparer.Ordinal)]);
    }

    private static bool IsSameVersion(ConnectorPackage left, ConnectorPackage right) =>
        left.Manifest.Id == right.Manifest.Id
        && SemanticVersion.Parse(left.Manifest.Version).CompareTo(SemanticVersion.Parse(right.Manifest.Version)) == 0;

    /// <summary>The package that the folder is, or those in it.</summary>
    public static IReadOnlyList<string> PackageFolders(string folder, List<BrokenPackage> broken)
    {
        if (IsPackage(folder))
        {
            return [folder];
        }

        var found = new List<string>();
        foreach (var child in Children(folder, broken))
        {
            found.AddRange(IsPackage(child) ? [child] : Children(child, broken).Where(IsPackage));
        }

        return found;
    }

    private static bool IsPackage(string folder) => File.Exists(Path.Combine(folder, ManifestReader.File));

    /// <summary>Folders that are being copied end in <c>.tmp</c>, hidden ones begin with a dot: neither is looked into.</summary>
    public static IEnumerable<string> Children(string folder, List<BrokenPackage> broken)
    {
        try
        {
            return Directory.GetDirectories(folder)
                .Where(child => !Path.GetFileName(child).StartsWith('.') && !child.EndsWith(".tmp", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            broken.Add(new(folder, null, [new("", "", $"This folder for connectors cannot be read: {exception.Message}")]));
            return [];
        }
    }
}
