using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Tests.Connectors;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Packages;

public sealed class SourceScanTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly PackageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_dropped_folder_is_installed_once_it_is_at_rest()
    {
        _bench.DropHello();

        Assert.True(_bench.Scan.Scan());
        Assert.Empty(_bench.Catalog.Packages);
        _bench.Time.Advance(SourceScan.Quiet);
        Assert.False(_bench.Scan.Scan());

        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public void A_copy_under_way_is_waited_for()
    {
        var hello = _bench.DropHello().Truncate("hello.dll");
        _bench.Scan.Scan();
        _bench.Time.Advance(SourceScan.Quiet - TimeSpan.FromMilliseconds(1));
        hello.Delete("hello.dll");
        File.Copy(Path.Combine(PackageCopy.Built("hello"), "hello.dll"), hello.PathOf("hello.dll"));

        _bench.Scan.Scan();
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_bench.Scan.Scan());
        _bench.Time.Advance(SourceScan.Quiet);
        _bench.Scan.Scan();

        Assert.Equal("", _bench.Refusal(hello.Folder));
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public void Code_lies_in_the_store_alone_and_cannot_be_written()
    {
        var dropped = _bench.DropHello();
        _bench.Settle();
        var package = _bench.Catalog.Find("hello");

        Assert.StartsWith(Path.Combine(_bench.StoreFolder, "hello", "1.0.0-"), package.Folder, StringComparison.Ordinal);
        Assert.All(PackageFiles.List(package.Folder), item => Assert.True(item.File.IsReadOnly));
        Directory.Delete(dropped.Folder, recursive: true);
        _bench.Settle();
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "truncated", "Truncated" },
        { "dependency", "Missing, but listed in conflicting.deps.json" },
        { "contract", "update the host" },
        { "machine", "this machine is" },
        { "form", "not valid JSON" },
        { "manifest", "connector.json: Cannot be read" },
        { "link", "is a link" },
        { "pipe", "secret.json is a pipe" },
        { "pipe as manifest", "connector.json is a pipe" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_bad_package_is_refused_with_the_reason_and_tried_again_when_its_bytes_change(string fault, string reason)
    {
        var folder = Path.Combine(_bench.Drop, "next");
        var package = Break(new PackageCopy("conflicting", folder), fault);
        _bench.Settle();

        Assert.Contains(reason, _bench.Refusal(folder), StringComparison.Ordinal);
        Assert.Contains(_bench.Catalog.Broken, broken => broken.Folder == folder);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_bench.StoreFolder, ".staging")));
        Assert.False(_bench.Scan.Scan());

        Directory.Delete(package.Folder, recursive: true);
        _ = new PackageCopy("conflicting", folder);
        _bench.Settle();
        Assert.Equal("", _bench.Refusal(folder));
        Assert.Equal("conflicting", Assert.Single(_bench.Catalog.Packages).Manifest.Id);
    }

    [Fact]
    public void A_refused_upgrade_leaves_the_running_version_in_use()
    {
        _bench.DropHello();
        _bench.Settle();
        _bench.DropHello("1.1.0").Truncate("hello.dll");
        _bench.Settle();

        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public void Other_bytes_under_the_same_version_are_refused_from_the_drop_folder()
    {
        _bench.DropHello();
        _bench.Settle();
        var other = _bench.Hello(Path.Combine(_bench.Drop, "other")).Write("README.md", "changed");
        _bench.Settle();

        Assert.Contains("hello 1.0.0 is installed with other bytes", _bench.Refusal(other.Folder), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_bench.Catalog.Find("hello").Folder, "README.md"))
            && File.ReadAllText(Path.Combine(_bench.Catalog.Find("hello").Folder, "README.md")) == "changed");
    }

    [Fact]
    public async Task A_connector_that_is_built_anew_beside_the_host_takes_the_place_of_its_former_bytes()
    {
        var built = _bench.Hello(Path.Combine(_bench.Configured, "hello"));
        await _bench.Scan.StartAsync(Cancellation);
        var before = _bench.Catalog.Find("hello").Folder;
        built.Write("README.md", "built anew");
        _bench.Open();
        await _bench.Scan.StartAsync(Cancellation);

        Assert.NotEqual(before, _bench.Catalog.Find("hello").Folder);
        Assert.False(Directory.Exists(before));
    }

    [Fact]
    public void An_archive_is_unpacked_and_a_damaged_one_refused()
    {
        var archive = _bench.Pack(_bench.Hello(_bench.File("apart")), "hello.1.0.0.nupkg");
        var damaged = Path.Combine(_bench.Drop, "half.nupkg");
        File.WriteAllBytes(damaged, File.ReadAllBytes(archive)[..2000]);
        _bench.Settle();

        Assert.Equal("", _bench.Refusal(archive));
        Assert.Contains("cannot be unpacked", _bench.Refusal(damaged), StringComparison.Ordinal);
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public void An_archive_cannot_write_outside_of_its_folder()
    {
        var archive = Path.Combine(_bench.Drop, "evil.nupkg");
        using (var zip = System.IO.Compression.ZipFile.Open(archive, System.IO.Compression.ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(zip.CreateEntry("tools/net10.0/any/%2e%2e/%2e%2e/evil.txt").Open());
            writer.Write("evil");
        }

        _bench.Settle();

        Assert.Contains("leads out of the package", _bench.Refusal(archive), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_bench.StoreFolder, "evil.txt")));
    }

    [Fact]
    public void A_pipe_in_the_drop_folder_is_refused_and_holds_nothing_up()
    {
        var pipe = Path.Combine(_bench.Drop, "pipe.nupkg");
        MakePipe(pipe);
        MakePipe(Path.Combine(_bench.Drop, "other"));
        _bench.DropHello();
        _bench.Settle();

        Assert.Contains("is a pipe, a socket or a device", _bench.Refusal(pipe), StringComparison.Ordinal);
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    [Fact]
    public async Task The_watch_sees_a_drop_without_a_restart()
    {
        var real = new SourceScan([_bench.Configured], _bench.Drop, _bench.Installed, _bench.Intake, TimeProvider.System);
        using var watch = new ConnectorWatch(real, new FirstTrials(_bench.Installed, _bench.Trials), TimeProvider.System, NullLogger<ConnectorWatch>.Instance);
        await watch.StartAsync(Cancellation);

        _bench.DropHello();

        Assert.True(SpinWait.SpinUntil(() => _bench.Catalog.Packages.Count > 0, TimeSpan.FromMinutes(1)));
        await watch.StopAsync(Cancellation);
        Assert.Equal("1.0.0", _bench.ActiveVersion);
    }

    private static PackageCopy Break(PackageCopy package, string fault) => fault switch
    {
        "truncated" => package.Truncate("conflicting.dll"),
        "dependency" => package.Delete("Polly.dll"),
        "contract" => package.SetContractMajor("conflicting.dll", 2),
        "machine" => package.Edit("conflicting.deps.json", document => document["runtimeTarget"]!["name"] = ".NETCoreApp,Version=v10.0/plan9-mips"),
        "form" => package.Write("details.json", "{"),
        "manifest" => package.Delete(ManifestReader.File),
        "pipe" => Pipe(package, "secret.json"),
        "pipe as manifest" => Pipe(package.Delete(ManifestReader.File), ManifestReader.File),
        _ => Link(package),
    };

    private static PackageCopy Pipe(PackageCopy package, string file)
    {
        MakePipe(package.PathOf(file));
        return package;
    }

    private static void MakePipe(string path)
    {
        using var make = System.Diagnostics.Process.Start("mkfifo", [path]);
        make.WaitForExit();
    }

    private static PackageCopy Link(PackageCopy package)
    {
        File.CreateSymbolicLink(package.PathOf("passwords.txt"), "/etc/passwd");
        return package;
    }
}
