using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using McMaster.NETCore.Plugins;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>
/// Loads connectors into this process, each with its own versions of its dependencies; only the contract is shared.
/// What is loaded stays: unloading is the end of the process, which also keeps precompiled code usable.
/// </summary>
internal sealed class ConnectorLoader
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LoadedConnector> _loaded = new(StringComparer.Ordinal);

    /// <exception cref="PackageLoadException">The package is damaged, or its code cannot be used.</exception>
    public LoadedConnector Load(ConnectorPackage package)
    {
        lock (_gate)
        {
            if (!_loaded.TryGetValue(package.Folder, out var loaded))
            {
                loaded = LoadNew(package);
                _loaded.Add(package.Folder, loaded);
            }

            return loaded.Package.Manifest.Version == package.Manifest.Version
                ? loaded
                : throw new PackageLoadException(package, [new(ManifestReader.File, "/version",
                    $"Version {loaded.Package.Manifest.Version} from the same folder is loaded: restart the host, and give each version its own folder.")]);
        }
    }

    /// <summary>Pays for the first use of the plugin library ahead of the first connector.</summary>
    public static void WarmUp()
    {
        using var unused = PluginLoader.CreateFromAssemblyFile(typeof(IConnector).Assembly.Location, isUnloadable: false, sharedTypes: [typeof(IConnector)]);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A connector's code and files may fail in any way.")]
    private static LoadedConnector LoadNew(ConnectorPackage package)
    {
        var problems = new List<PackageProblem>();
        var code = PackageCode.Find(package.Folder, package.Manifest.Assembly, problems)
            ?? throw new PackageLoadException(package, problems);
        try
        {
            var plugin = PluginLoader.CreateFromAssemblyFile(
                Path.Combine(package.Folder, code.Assembly),
                isUnloadable: false,
                sharedTypes: [typeof(IConnector)],
                // Preferring the host's versions would run a connector with libraries that it was not built for.
                config => config.PreferSharedTypes = false);
            return new(package, plugin.LoadDefaultAssembly().GetType(code.ConnectorType, throwOnError: true)!);
        }
        catch (Exception exception)
        {
            throw PackageLoadException.From(exception, package, code.Assembly, $"{code.ConnectorType} cannot be loaded");
        }
    }
}

/// <summary>A connector whose code is in this process.</summary>
internal sealed class LoadedConnector(ConnectorPackage package, Type type)
{
    public ConnectorPackage Package { get; } = package;

    /// <summary>Creates the connector for one operation.</summary>
    /// <exception cref="PackageLoadException">The constructor threw, or needs what the package lacks.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "A connector's constructor may fail in any way.")]
    public IConnector Create()
    {
        try
        {
            return (IConnector)Activator.CreateInstance(type)!;
        }
        catch (Exception exception)
        {
            var cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            throw PackageLoadException.From(cause, Package, Path.GetFileName(type.Assembly.Location), $"The constructor of {type.FullName} failed");
        }
    }
}
