using System.Diagnostics;
using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectorPlatform.Benchmarks;

/// <summary>The platform as it is composed for use: a data folder, a package from disk, an account, a DataSet, the run engine.</summary>
internal sealed class PlatformRun : IDisposable
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly IHost _host;
    private readonly AccountChoice _account;

    private PlatformRun(string folder, string isolation)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Connectors:Folders:0"] = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../test-plugins/rows")),
            ["Connectors:Isolation"] = isolation,
        });
        builder.Services.AddPlatform(folder);
        _host = builder.Build();
        _account = new AccountChoice(Part<AccountStore>().Add("benchmark", "rows", Nothing, null));
    }

    public static async Task<Measurement> MeasureAsync(Sales sales, string folder, string isolation)
    {
        using var platform = new PlatformRun(folder, isolation);
        await platform.RunAsync(platform.DataSetOf(sales.WarmUp));
        var dataSet = platform.DataSetOf(sales);
        return await Measurement.OfAsync(() => platform.RunAsync(dataSet), () => platform.Part<WorkerPool>().Workers.Select(worker => worker.Id));
    }

    /// <summary>What a run of one row costs beyond its HTTP request: the median of those after the first half, which warm up.</summary>
    public static async Task<Measurement> MeasureOverheadAsync(Sales sales, int runs, string folder, string isolation)
    {
        using var platform = new PlatformRun(folder, isolation);
        using var client = new HttpClient { BaseAddress = sales.Address };
        var dataSet = platform.DataSetOf(sales);
        var overheads = new List<double>();
        var whole = await Measurement.OfAsync(async () =>
        {
            for (var i = 0; i < runs; i++)
            {
                var run = await MillisecondsAsync(() => platform.RunAsync(dataSet));
                overheads.Add(run - await MillisecondsAsync(() => client.GetByteArrayAsync("sales?page=1")));
            }

            return 1;
        });
        return whole with { Milliseconds = Median.Of(overheads.Skip(runs / 2)) };
    }

    public void Dispose() => _host.Dispose();

    private static async Task<double> MillisecondsAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private T Part<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>A new DataSet; the server's address is the same for all, so the last one made is the one that can run.</summary>
    private DataSetConfiguration DataSetOf(Sales sales)
    {
        Part<IConfiguration>()["Connectors:rows:BaseAddress"] = sales.Address.AbsoluteUri;
        return Part<DataSetSetup>().AddDataSet(
            $"Sales {Guid.NewGuid():N}", Part<ConnectorCatalog>().Find("rows"), _account, Nothing, UpdateMethod.Replace);
    }

    private async Task<long> RunAsync(DataSetConfiguration dataSet)
    {
        var run = await Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, CancellationToken.None);
        return run.IsSuccess ? run.Counts.RowsWritten : throw new InvalidOperationException($"The run ended as {run.State}: {run.Failure?.Message}");
    }
}
