using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Schedules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectorPlatform.Benchmarks;

/// <summary>The platform as <c>serve</c> composes it, with its hosted parts at work, and many DataSets whose connector delivers nothing.</summary>
internal sealed class NoOpPlatform : IAsyncDisposable
{
    // Two runs of an account go on at once: so many accounts never make a run wait for another's.
    private const int Accounts = 50;

    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly IHost _host;
    private readonly RunEngine _engine;

    private NoOpPlatform(IHost host)
    {
        _host = host;
        _engine = host.Services.GetRequiredService<RunEngine>();
    }

    public IReadOnlyList<DataSetConfiguration> DataSets { get; private set; } = [];

    /// <param name="folder">An empty folder for its data.</param>
    /// <param name="isolation">Workers or InProcess.</param>
    /// <param name="atOnce">Runs at once.</param>
    /// <param name="dataSets">How many DataSets there are.</param>
    public static async Task<NoOpPlatform> StartAsync(string folder, string isolation, int atOnce, int dataSets)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Connectors:Folders:0"] = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../test-plugins/noop")),
            ["Connectors:Isolation"] = isolation,
            ["Runs:MostAtOnce"] = atOnce.ToString(CultureInfo.InvariantCulture),
        });
        builder.Services.AddPlatform(folder);
        builder.Services.AddHostedService<ConnectorWatch>();
        builder.Services.AddHostedService<SchedulerHost>();
        var host = builder.Build();
        var package = host.Services.GetRequiredService<ConnectorCatalog>().Find("noop");
        if (isolation == "Workers")
        {
            host.Services.GetRequiredService<WorkerPool>().Replenish();
        }

        await host.StartAsync();
        var platform = new NoOpPlatform(host);
        var setup = host.Services.GetRequiredService<DataSetSetup>();
        var accounts = Enumerable.Range(0, Accounts)
            .Select(number => new AccountChoice(host.Services.GetRequiredService<AccountStore>().Add($"account {number}", "noop", Nothing, null))).ToList();
        platform.DataSets = [.. Enumerable.Range(0, dataSets)
            .Select(number => setup.AddDataSet($"No-op {number}", package, accounts[number % Accounts], Nothing, UpdateMethod.Append))];
        return platform;
    }

    /// <summary>Runs DataSets now, one after the other and so many at once, and waits for the last one.</summary>
    /// <param name="dataSets">Which; those that have run longest ago again when there are more runs.</param>
    /// <param name="runs">How many runs.</param>
    /// <param name="atOnce">How many are asked for before the first has ended.</param>
    public async Task<long> RunAsync(IReadOnlyList<DataSetConfiguration> dataSets, int runs, int atOnce)
    {
        // A DataSet whose run waits for a worker to start must not be asked for again meanwhile.
        var free = new ConcurrentQueue<DataSetConfiguration>(dataSets);
        await Parallel.ForAsync(0, runs, new ParallelOptions { MaxDegreeOfParallelism = Math.Min(atOnce, dataSets.Count) }, async (number, cancellation) =>
        {
            var dataSet = free.TryDequeue(out var next) ? next : throw new InvalidOperationException("More runs go on than there are DataSets.");
            var run = await _engine.RunAsync(dataSet, RunTrigger.Manual, cancellation);
            free.Enqueue(dataSet);
            _ = run.IsSuccess ? run : throw new InvalidOperationException($"The run ended as {run.State}: {run.Failure?.Message}");
        });
        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
