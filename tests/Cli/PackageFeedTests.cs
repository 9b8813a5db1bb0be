using System.IO.Compression;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Cli;

/// <summary><c>connector install NAME</c> from a folder that is a NuGet feed.</summary>
public sealed class PackageFeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackageFeedTests() => Directory.CreateDirectory(Feed);

    public void Dispose() => _folder.Dispose();

    private string Feed => _folder.File("feed");

    private HostProgram Program => new(_folder.File("data"))
    {
        Environment =
        {
            ["Connectors__Folders__0"] = Directory.CreateDirectory(_folder.File("none")).FullName,
            ["Connectors__Feeds__0"] = Feed,
        },
    };

    [Fact]
    public async Task The_highest_version_that_is_no_preview_is_installed_or_the_one_that_is_named()
    {
        Publish("1.0.0");
        Publish("1.1.0");
        Publish("1.2.0-beta");

        var highest = (await Program.RunAsync("connector", "install", "Acme.Hello", "--json")).Ended(0).Json;
        var named = (await Program.RunAsync("connector", "install", "Acme.Hello", "--version", "1.2.0-beta", "--json")).Ended(0).Json;

        Assert.Equal("1.1.0", highest.GetProperty("active").GetString());
        Assert.Equal($"Acme.Hello 1.1.0 from {Feed}", highest.GetProperty("versions")[0].GetProperty("source").GetString());
        Assert.Equal("1.2.0-beta", named.GetProperty("active").GetString());
        (await Program.RunAsync("run", "--connector", "hello")).Ended(0);
    }

    [Fact]
    public async Task What_no_feed_has_is_told_with_what_there_is()
    {
        Publish("1.0.0");
        (string Expected, string[] Arguments)[] wrong =
        [
            ("No feed has a package \"Acme.Nothing\"", ["Acme.Nothing"]),
            ("No feed has Acme.Hello 9.0.0; there are 1.0.0.", ["Acme.Hello", "--version", "9.0.0"]),
            ("\"new\" is no version", ["Acme.Hello", "--version", "new"]),
        ];
        foreach (var (expected, arguments) in wrong)
        {
            Assert.Contains(expected, (await Program.RunAsync(["connector", "install", .. arguments])).Ended(2).Error, StringComparison.Ordinal);
        }

        var unset = new HostProgram(_folder.File("data"));
        Assert.Contains("set Connectors:Feeds:0", (await unset.RunAsync("connector", "install", "Acme.Hello")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_that_cannot_be_reached_is_told_without_what_its_address_holds()
    {
        var program = Program;
        program.Environment["Connectors__Feeds__0"] = "http://anna:canary-5f2b9c@127.0.0.1:1/v3/index.json?key=canary-5f2b9c";

        var result = (await program.RunAsync("connector", "install", "Acme.Hello", "--verbose")).Ended(8);

        Assert.StartsWith("The feed http://127.0.0.1:1/v3/index.json cannot be used", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-5f2b9c", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_of_a_feed_cannot_write_outside_of_its_folder()
    {
        using (var zip = ZipFile.Open(Publish("1.0.0"), ZipArchiveMode.Update))
        {
            using var writer = new StreamWriter(zip.CreateEntry("tools/net10.0/any/../../../../evil.txt").Open());
            await writer.WriteAsync("evil");
        }

        Assert.Contains("leads out of the package", (await Program.RunAsync("connector", "install", "Acme.Hello")).Ended(2).Error, StringComparison.Ordinal);
    }

    /// <summary>Packs the connector hello as a .NET tool is packed, under a name of its own.</summary>
    private string Publish(string version)
    {
        var package = new PackageCopy("hello", _folder.File($"hello-{version}")).EditManifest(manifest => manifest["version"] = version);
        var file = Path.Combine(Feed, $"Acme.Hello.{version}.nupkg");
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (path, content) in PackageFiles.List(package.Folder))
        {
            zip.CreateEntryFromFile(content.FullName, $"tools/net10.0/any/{path}");
        }

        using var nuspec = new StreamWriter(zip.CreateEntry("Acme.Hello.nuspec").Open());
        nuspec.Write($"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata><id>Acme.Hello</id><version>{version}</version><authors>Acme</authors><description>Greetings.</description></metadata>
            </package>
            """);
        return file;
    }
}
