using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Author;

/// <summary>A connector that a stranger made outside of the repository: contract and template from a folder feed, the rest by the guide's commands.</summary>
[CollectionDefinition(nameof(TemplateConnector))]
public sealed class TemplateConnector : IAsyncLifetime, ICollectionFixture<TemplateConnector>
{
    public const string Id = "weather-stations";

    private readonly TemporaryFolder _folder = new();

    /// <summary>The project that the template made.</summary>
    public string Project => _folder.File(Id);

    /// <summary>What the build published.</summary>
    public string Package => Path.Combine(Project, "bin", "connectors", Id, "1.0.0");

    /// <summary>What <c>dotnet pack</c> made.</summary>
    public string Archive => Path.Combine(Project, "bin", "Release", $"{Id}.1.0.0.nupkg");

    internal HostProgram Host => new(_folder.File("data")) { Environment = { ["Connectors__Folders__0"] = _folder.File("connectors") } };

    public async ValueTask InitializeAsync()
    {
        var dotnet = new TemplateCommand(_folder.Path, _folder.File("packages"));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

        // The contract was built with the tests. With the feed as the only source nothing can come over the network.
        await File.WriteAllTextAsync(_folder.File("nuget.config"), """<configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources></configuration>""");
        var packs = await Task.WhenAll(
            dotnet.RunAsync("pack", Repository.PathOf("contracts"), "--no-build", "-c", configuration, "-o", _folder.File("feed")),
            dotnet.RunAsync("pack", Repository.PathOf("contracts", "template"), "-o", _folder.File("feed"), $"-p:ArtifactsPath={_folder.File("artifacts")}"));
        Assert.All(packs, pack => pack.Ended(0));

        string[] hive = ["--debug:custom-hive", _folder.File("hive")];
        var template = Assert.Single(Directory.GetFiles(_folder.File("feed"), "ConnectorPlatform.Templates.*.nupkg"));
        (await dotnet.RunAsync(["new", "install", template, .. hive])).Ended(0);
        (await dotnet.RunAsync(["new", "connector", "-n", "WeatherStations", "-o", Id, "--base-address", "https://weather.example/api", "--no-update-check", .. hive])).Ended(0);


        // Packing builds first, by the same targets as `dotnet build`.
        (await dotnet.RunAsync("pack", Project)).Ended(0);
        CopyInto(_folder.File("connectors", Id, "1.0.0"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Relative to the package's folder, with slashes.</summary>
    public IEnumerable<string> PackageFiles() =>
        Directory.EnumerateFiles(Package, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Package, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private void CopyInto(string folder)
    {
        foreach (var file in PackageFiles())
        {
            var target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(Package, file), target);
        }
    }
}
