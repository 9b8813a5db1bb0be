using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Connectors;
using ConnectorPlatform.Tests.Support;
using ConnectorPlatform.Tests.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Packages;

/// <summary>Versions come and go under constant runs; 200 of them when <c>CONNECTOR_TESTS_HEAVY</c> is 1.</summary>
[Collection(nameof(WorkerProcesses))]
public sealed class ManySwapsTests : IAsyncDisposable
{
    private const string Id = "versioned";
    private const int Megabytes = 1 << 20;

    private static readonly bool IsHeavy = Environment.GetEnvironmentVariable("CONNECTOR_TESTS_HEAVY") == "1";
    private static readonly int Swaps = IsHeavy ? 200 : 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentBag<(RunRecord Run, string Versions)> _runs = [];
    private readonly ServiceProvider _platform;
    private readonly SourceScan _scan;

    public ManySwapsTests()
    {
        _platform = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Connectors:Folders:0"] = Directory.CreateDirectory(_folder.File("configured")).FullName,
                ["Connectors:Drop"] = _folder.File("drop"),
                ["Connectors:Workers:KeepWarm"] = "0:0:2",
            }).Build())
            .AddLogging()
            .AddPlatform(_folder.File("data"))
            .BuildServiceProvider();
        _scan = new SourceScan([], _folder.File("drop"), Part<InstalledConnectors>(), Part<PackageIntake>(), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task No_run_fails_each_ends_on_the_version_it_began_with_and_nothing_is_left_behind()
    {
        await DropAsync(0);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = Enumerable.Range(1, 2).Select(number => RunUntilAsync(AddDataSet($"DataSet {number}"), end.Token)).ToList();
        var (files, memory, resident) = (0, 0L, 0L);
        for (var swap = 1; swap <= Swaps && running.TrueForAll(loop => !loop.IsCompleted); swap++)
        {
            await SwapAsync(swap);
            if (swap == Swaps / 5)
            {
                (files, memory, resident) = (OpenFiles(), Collected(), Resident());
            }
        }

        var grown = Collected() - memory;
        var swollen = Resident() - resident;
        var opened = OpenFiles() - files;
        await end.CancelAsync();
        await Task.WhenAll(running);

        TestContext.Current.SendDiagnosticMessage("{0} swaps, {1} runs, {2} KB managed and {3} KB resident memory (of {4} KB) and {5} open files more.", Swaps, _runs.Count, grown / 1024, swollen / 1024, resident / 1024, opened);
        Assert.Empty(_runs.Where(ended => !ended.Run.IsSuccess).Select(ended => $"{ended.Run.ConnectorVersion}: {ended.Run.Failure?.Message}"));
        Assert.Empty(_runs.Where(ended => ended.Run.ConnectorVersion != ended.Versions).Select(ended => $"{ended.Run.ConnectorVersion}: {ended.Versions}"));
        Assert.True(_runs.Select(ended => ended.Run.ConnectorVersion).Distinct().Count() > Swaps / 3, "The runs did not follow the swaps.");
        Assert.InRange(grown, long.MinValue, 16L * Megabytes);
        Assert.InRange(swollen, long.MinValue, 32L * Megabytes);
        Assert.InRange(opened, int.MinValue, 40);
        var pool = Part<WorkerPool>();
        await _platform.DisposeAsync();
        Assert.True(SpinWait.SpinUntil(() => pool.Workers.Count == 0, TimeSpan.FromMinutes(1)));
    }

    /// <summary>A new version, something bad beside it, back to the version before and forth again, and the end of an older one.</summary>
    private async Task SwapAsync(int swap)
    {
        await DropAsync(swap, bad: true);
        Assert.Equal(Version(swap), Part<ConnectorCatalog>().Find(Id).Manifest.Version);
        var bad = Assert.Single(Part<ConnectorCatalog>().Broken);
        Assert.Equal(_folder.File("drop", "bad"), bad.Folder);
        Directory.Delete(bad.Folder, recursive: true);
        Directory.Delete(_folder.File("drop", Version(swap)), recursive: true);

        await Part<ConnectorChoices>().RollbackAsync(Id, "anna", force: false, TestContext.Current.CancellationToken);
        await Part<ConnectorChoices>().ActivateAsync(Id, null, "anna", force: false, TestContext.Current.CancellationToken);
        if (swap >= 2)
        {
            Part<ConnectorChoices>().Remove(Id, Version(swap - 2));
        }
    }

    private async Task DropAsync(int swap, bool bad = false)
    {
        Copy(Version(swap), Version(swap));
        if (bad)
        {
            Spoil(Copy("bad", $"9.0.{swap}"), swap % 3);
        }

        _scan.Scan();
        _clock.Advance(SourceScan.Quiet);
        _scan.Scan();
        await _scan.TrialsAsync();
    }

    private static void Spoil(PackageCopy package, int how)
    {
        switch (how)
        {
            case 0:
                package.Truncate("versioned.dll");
                break;
            case 1:
                package.Delete("versioned.deps.json");
                break;
            default:
                // Only its trial shows that this one cannot be used.
                package.EditManifest(manifest => manifest["id"] = "unruly-constructor").Delete("versioned.dll").Delete("versioned.deps.json").Delete("versioned.runtimeconfig.json");
                foreach (var file in Directory.GetFiles(PackageCopy.Built("unruly-constructor"), "unruly-constructor.*"))
                {
                    File.Copy(file, package.PathOf(Path.GetFileName(file)));
                }

                package.Write("deed.txt", "exit");
                break;
        }
    }

    private async Task RunUntilAsync(DataSetConfiguration dataSet, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);
            using var lease = await Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
            var page = lease.Reader.Page(0, 10);
            _runs.Add((run, string.Join(", ", page.Rows.Select(row => row[1]).Distinct())));
            if (!run.IsSuccess)
            {
                return;
            }
        }
    }

    private DataSetConfiguration AddDataSet(string name) => Part<DataSetSetup>().AddDataSet(
        name, Part<ConnectorCatalog>().Find(Id), AccountChoice.SampleData, JsonElement.Parse("{}"), UpdateMethod.Replace);

    private PackageCopy Copy(string folder, string version) =>
        new PackageCopy(Id, _folder.File("drop", folder)).EditManifest(manifest => manifest["version"] = version);

    private static string Version(int swap) => $"1.{swap}.0";

    private static long Collected()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>All memory of this process, which is the host, whoever has taken it.</summary>
    private static long Resident() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private T Part<T>()
        where T : notnull => _platform.GetRequiredService<T>();
}
