using System.IO.Compression;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Packages;

/// <summary>A store with a folder of settings and a drop folder, on a clock that stands still.</summary>
internal sealed class PackageBench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackageBench()
    {
        Directory.CreateDirectory(Configured);
        Directory.CreateDirectory(Drop);
        Store = new PackageStore(_folder.File("store"));
        Open();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>What the DataSets would have against a version.</summary>
    public UpgradeCheck Check { get; set; } = (_, _) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>The dialect's lint.</summary>
    public FormCheck CheckForm { get; set; } = PackageCopy.AnyForm;

    /// <summary>What new code shows when it is tried.</summary>
    public Func<ConnectorPackage, CancellationToken, Task<string?>> Trial { get; set; } = (_, _) => Task.FromResult<string?>(null);

    public string Configured => _folder.File("configured");

    public string Drop => _folder.File("drop");

    public string StoreFolder => _folder.File("store");

    public string LockFile => _folder.File("connectors.lock.json");

    public PackageStore Store { get; }

    public InstalledConnectors Installed { get; private set; } = null!;

    public PackageIntake Intake { get; private set; } = null!;

    public ConnectorChoices Choices { get; private set; } = null!;

    public PackageTrial Trials { get; private set; } = null!;

    public QuarantineRecord QuarantineRecord => new(Installed);

    public SourceScan Scan { get; private set; } = null!;

    public ConnectorCatalog Catalog { get; private set; } = null!;

    /// <summary>As a start of the host does, or a second process.</summary>
    public void Open()
    {
        var trust = new PackageTrust(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        Trials = new PackageTrial(Store, (package, cancellationToken) => Trial(package, cancellationToken));
        UpgradeCheck check = (package, cancellationToken) => Check(package, cancellationToken);
        Installed = new InstalledConnectors(Store, LockFile, (file, form) => CheckForm(file, form), trust);
        Intake = new PackageIntake(Installed, Store, check, trust, (file, form) => CheckForm(file, form), Trials, Time);
        Choices = new ConnectorChoices(Installed, check);
        Scan = new SourceScan([Configured], Drop, Installed, Intake, Time);
        Catalog = new ConnectorCatalog(Installed, [Configured, Drop]);
    }

    public Task<LockedConnector> ApproveAsync(string id, string version) =>
        new Approval(Installed, Trials).ApproveAsync(Choices, id, version, "anna", TestContext.Current.CancellationToken);

    public string File(params string[] parts) => _folder.File(parts);

    public PackageCopy Hello(string folder, string version = "1.0.0", params string[] hosts) =>
        new PackageCopy("hello", folder).EditManifest(manifest =>
        {
            manifest["version"] = version;
            if (hosts.Length > 0)
            {
                manifest["http"]!["baseAddress"] = $"https://{hosts[0]}/";
                manifest["http"]!["allowedHosts"] = new System.Text.Json.Nodes.JsonArray([.. hosts.Select(host => (System.Text.Json.Nodes.JsonNode)host)]);
            }
        });

    public PackageCopy DropHello(string version = "1.0.0", params string[] hosts) => Hello(Path.Combine(Drop, $"hello-{version}"), version, hosts);

    /// <summary>Packs a folder as a .NET tool is packed.</summary>
    public string Pack(PackageCopy package, string name)
    {
        var archive = Path.Combine(Drop, name);
        using var zip = ZipFile.Open(archive, ZipArchiveMode.Create);
        foreach (var (path, file) in PackageFiles.List(package.Folder))
        {
            zip.CreateEntryFromFile(file.FullName, $"tools/net10.0/any/{path}");
        }

        return archive;
    }

    /// <summary>Looks, waits until everything is at rest, and looks again.</summary>
    public void Settle()
    {
        Scan.Scan();
        Time.Advance(SourceScan.Quiet);
        Scan.Scan();
    }

    /// <summary>Why the source was refused; empty when it was not.</summary>
    public string Refusal(string source) => string.Join(" ", Installed.Locked.Sources.Single(seen => seen.Path == source).Problems);

    public string ActiveVersion => Catalog.Find("hello").Manifest.Version;

    public void Dispose() => _folder.Dispose();
}
