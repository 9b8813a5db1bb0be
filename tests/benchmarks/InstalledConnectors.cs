using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Benchmarks;

/// <summary>A host with many connectors: what it weighs, and how soon it sees one that is dropped in.</summary>
/// <param name="IdleMegabytes">Private memory of the host that has them installed.</param>
/// <param name="UsedMegabytes">The same after some have run, with their workers warm…</param>
/// <param name="WorkerMegabytes">…and that of those workers together.</param>
/// <param name="VisibleMilliseconds">From the end of the copying to the catalogue: median, and the longest.</param>
internal sealed record InstalledConnectors(double IdleMegabytes, double UsedMegabytes, double WorkerMegabytes, double VisibleMilliseconds, double SlowestMilliseconds)
{
    private const int Installed = 50;
    private const int Used = 5;
    private const int Dropped = 11;

    public string ToJson() => JsonSerializer.Serialize(this);

    public static async Task<InstalledConnectors> MeasureAsync(string folder)
    {
        var (packages, drop) = (Path.Combine(folder, "packages"), Path.Combine(folder, "drop"));
        foreach (var number in Enumerable.Range(0, Installed))
        {
            Copy(Path.Combine(packages, $"hello-{number}"), $"hello-{number}");
        }

        Directory.CreateDirectory(drop);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Connectors:Folders:0"] = packages, ["Connectors:Drop"] = drop });
        builder.Services.AddPlatform(Path.Combine(folder, "data"));
        builder.Services.AddHostedService<ConnectorWatch>();
        using var host = builder.Build();
        await host.StartAsync();
        var catalog = host.Services.GetRequiredService<ConnectorCatalog>();
        if (catalog.Packages.Count != Installed)
        {
            throw new InvalidOperationException($"{catalog.Packages.Count} connectors are there instead of {Installed}: {string.Join(" ", catalog.Broken.SelectMany(broken => broken.Problems))}");
        }

        var idle = Settled();
        foreach (var package in catalog.Packages.Take(Used))
        {
            var run = await host.Services.GetRequiredService<OneOffRun>().RunAsync(package, AccountChoice.SampleData, JsonElement.Parse("{}"), _ => { }, CancellationToken.None);
            _ = run.IsSuccess ? run : throw new InvalidOperationException(run.Failure?.Message);
        }

        var workers = host.Services.GetRequiredService<WorkerPool>().Workers.Sum(worker => worker.PrivateMegabytes());
        var used = Settled();
        var visible = new List<double>();
        foreach (var number in Enumerable.Range(Installed, Dropped))
        {
            visible.Add(await VisibleAsync(catalog, drop, $"hello-{number}"));
        }

        await host.StopAsync();
        return new InstalledConnectors(idle, used, workers, Median.Of(visible), visible.Max());
    }

    private static async Task<double> VisibleAsync(ConnectorCatalog catalog, string drop, string id)
    {
        // The rename is the moment at which it is there as a whole.
        Copy(Path.Combine(drop, $".{id}"), id);
        Directory.Move(Path.Combine(drop, $".{id}"), Path.Combine(drop, id));
        var start = Stopwatch.GetTimestamp();
        while (!catalog.Packages.Any(package => package.Manifest.Id == id))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Copy(string target, string id)
    {
        var source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../connectors/hello/1.0.0"));
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(target, "connector.json")))!;
        manifest["id"] = id;
        manifest["assembly"] = "hello.dll";
        File.WriteAllText(Path.Combine(target, "connector.json"), manifest.ToJsonString());
    }

    /// <summary>Private megabytes of this process once the collector has done its work.</summary>
    private static double Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return File.ReadLines("/proc/self/smaps_rollup")
            .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024;
    }
}
