using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>The platform with the connector <c>hello</c> and a source for it; waits take no time.</summary>
internal sealed class GreetingBench : IAsyncDisposable
{
    private GreetingBench(GreetingSource source)
    {
        Source = source;
        Platform = new TestPlatform
        {
            Time = Clock,
            Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString() },
            Replace = services => services
                .AddSingleton(new HttpLimits { AttemptTimeout = ElapsingClock.Never, TotalDeadline = ElapsingClock.Never })
                .AddSingleton(new PipelineOptions { Time = Clock, CommitRows = 1, StopWithin = ElapsingClock.Never }),
        };
    }

    public ElapsingClock Clock { get; } = new(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));

    public GreetingSource Source { get; }

    public TestPlatform Platform { get; }

    public static async Task<GreetingBench> StartAsync() => new(await GreetingSource.StartAsync());

    public DataSetConfiguration AddDataSet(UpdateMethod method = UpdateMethod.Replace, DataSetRules? rules = null, Account? account = null) =>
        Platform.AddDataSet("hello", method, account ?? Platform.AddAccount("hello"), rules: rules);

    /// <summary>Holds the source's next reply until it is released.</summary>
    public (TaskCompletionSource Arrived, TaskCompletionSource Release) Hold()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Source.Instead = async context =>
        {
            if (arrived.TrySetResult())
            {
                await release.Task.WaitAsync(context.RequestAborted);
            }

            return false;
        };
        return (arrived, release);
    }

    public Task<IReadOnlyList<string>> RowsAsync(DataSetConfiguration dataSet) => Platform.ReadAsync(dataSet, StoredText.Rows);

    /// <summary>A child process on the same data folder and source.</summary>
    public HostProgram Program() => new(Platform.DataFolder)
    {
        Environment = { ["Connectors__hello__BaseAddress"] = Source.Address.ToString() },
    };

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await Source.DisposeAsync();
    }
}
