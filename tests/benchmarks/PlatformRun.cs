using System.Diagnostics;
using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ConnectorPlatform.Benchmarks;

/// <summary>The platform as it is composed for use: a data folder, a package from disk, an account, a DataSet, the run engine.</summary>
internal sealed class PlatformRun : IDisposable
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly IHost _host;
    private readonly DataSetConfiguration _dataSet;

    private PlatformRun(Uri address, string folder)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Connectors:Folders:0"] = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../test-plugins/rows")),
            ["Connectors:rows:BaseAddress"] = address.AbsoluteUri,
        });
        builder.Services.AddPlatform(folder);
        _host = builder.Build();
        var account = Part<AccountStore>().Add("benchmark", "rows", Nothing, null);
        _dataSet = Part<DataSetSetup>().AddDataSet(
            "sales", Part<ConnectorCatalog>().Find("rows"), new AccountChoice(account), Nothing, UpdateMethod.Replace);
    }

    public static async Task<Measurement> MeasureAsync(Uri address, string folder)
    {
        using var platform = new PlatformRun(address, folder);
        return await Measurement.OfAsync(platform.RunAsync);
    }

    /// <summary>What a run of one row costs in a warm process beyond its HTTP request: a median.</summary>
    public static async Task<Measurement> MeasureOverheadAsync(Uri address, string folder, int runs)
    {
        using var platform = new PlatformRun(address, folder);
        using var client = new HttpClient { BaseAddress = address };
        var overheads = new List<double>();
        var whole = await Measurement.OfAsync(async () =>
        {
            for (var i = 0; i < runs; i++)
            {
                var run = await MillisecondsAsync(platform.RunAsync);
                overheads.Add(run - await MillisecondsAsync(() => client.GetByteArrayAsync("sales?page=1")));
            }

            return 1;
        });
        return whole with { Milliseconds = Median.Of(overheads.Skip(runs / 5)) };
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

    private async Task<long> RunAsync()
    {
        var run = await Part<RunEngine>().RunAsync(_dataSet, RunTrigger.Manual, CancellationToken.None);
        return run.IsSuccess ? run.Counts.RowsWritten : throw new InvalidOperationException($"The run ended as {run.State}: {run.Failure?.Message}");
    }
}
