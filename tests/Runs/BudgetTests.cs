using System.Collections.Concurrent;
using System.Diagnostics;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>What a source declares holds for all runs of an account together.</summary>
public sealed class BudgetTests
{
    private const int Runs = 8;

    // The source sees a request later than the platform let it begin, on a busy machine by so much.
    private static readonly TimeSpan Blur = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Eight_runs_of_one_account_keep_its_budget_and_its_concurrency()
    {
        await using var source = await GreetingSource.StartAsync();
        (source.Greetings, source.PageSize) = (3, 1);
        var (begun, inside, most) = (new ConcurrentQueue<long>(), 0, 0);
        var two = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.Instead = async context =>
        {
            begun.Enqueue(Stopwatch.GetTimestamp());
            var now = Interlocked.Increment(ref inside);
            for (var seen = most; now > seen; seen = most)
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }

            if (now == 2)
            {
                two.TrySetResult();
            }

            // The first stays until there is another, on any machine; a fourth, were it let in, has the time to come.
            await two.Task.WaitAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(30), context.RequestAborted);
            Interlocked.Decrement(ref inside);
            return false;
        };
        await using var platform = new TestPlatform
        {
            Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString(), ["Runs:MostAtOnce"] = "8", ["Runs:MostOfAccount"] = "8" },
            Replace = services => services.AddSingleton<IConnectorIsolation>(provider => new Declaring(ActivatorUtilities.CreateInstance<InProcessIsolation>(provider))),
        };
        var account = platform.AddAccount("hello");
        var dataSets = Enumerable.Range(0, Runs).Select(_ => platform.AddDataSet("hello", account: account)).ToList();

        var runs = await Task.WhenAll(dataSets.Select(dataSet => platform.RunAsync(dataSet)));

        Assert.All(runs, run => Assert.Equal((RunState.Succeeded, 3L), (run.State, run.Counts.Requests)));
        Assert.Equal(Runs * 3, begun.Count);
        Assert.InRange(most, 2, 3);
        var times = begun.ToArray();
        Assert.All(times.Zip(times.Skip(8)), pair => Assert.True(Stopwatch.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromSeconds(2) - Blur));
        Assert.Contains(runs, run => run.Counts.Waited > TimeSpan.Zero);
    }

    /// <summary>Eight requests in two seconds, and three at once.</summary>
    private sealed class Declaring(InProcessIsolation isolation) : IConnectorIsolation
    {
        public Task<IConnectorSession> OpenAsync(OperationPlan plan, OperationSinks sinks, CancellationToken cancellationToken) => isolation.OpenAsync(
            plan with { Package = plan.Package with { Manifest = plan.Package.Manifest with { Http = plan.Package.Manifest.Http with { RateBudget = new RateBudget(8, 2), MaxConcurrency = 3 } } } },
            sinks,
            cancellationToken);
    }
}
