using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>What passes by itself changes nothing.</summary>
public sealed class FaultLaws
{
    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public async Task A_429_with_Retry_After_and_a_503_before_any_request_change_nothing(string name)
    {
        await using var bench = await ScenarioBench.StartAsync(name);
        var calm = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod);
        var expected = await bench.TellAsync(await bench.RunAsync(calm), calm);
        var requests = bench.Requests;

        for (var at = 1; at <= requests; at++)
        {
            var waited = bench.Clock.Waited;
            bench.Interfere = (context, number) => Task.FromResult(Refuse(context, number - at));
            var dataSet = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod);
            var run = await bench.RunAsync(dataSet);

            Assert.Equal(expected, await bench.TellAsync(run, dataSet));
            Assert.Equal(requests + 2, bench.Requests);
            Assert.True(bench.Clock.Waited - waited >= TimeSpan.FromSeconds(1), "The platform did not wait as long as the source asked.");
            Assert.True(run.Counts.Waited >= TimeSpan.FromSeconds(1), "The run does not tell that it waited.");
        }
    }

    [Theory]
    [MemberData(nameof(ScenarioBench.Names), MemberType = typeof(ScenarioBench))]
    public async Task Cancelling_at_any_request_leaves_the_last_commit_and_the_next_run_completes_it(string name)
    {
        await using var bench = await ScenarioBench.StartAsync(name);
        var replaced = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod);
        await bench.RunAsync(replaced);
        var requests = bench.Requests;
        var whole = await bench.ContentAsync(replaced);
        var replacing = replaced with { UpdateMethod = UpdateMethod.Replace };
        var commits = await bench.Platform.ReadAsync(replaced, reader => reader.Commits());

        for (var at = 1; at <= requests; at++)
        {
            await CancelAsync(bench, replacing, at);
            Assert.Equal(commits, await bench.Platform.ReadAsync(replacing, reader => reader.Commits()), SameCommit);
            Assert.Equal(whole, await bench.ContentAsync(replacing));

            var appending = await bench.AddDataSetAsync(bench.Scenario.Run.UpdateMethod);
            await CancelAsync(bench, appending, at);
            var stored = await bench.ContentAsync(appending);
            Assert.Equal(whole.Skip(2).Take(stored.Count - 2), stored.Skip(2));

            await bench.RunAsync(appending);
            Assert.Equal(whole, await bench.ContentAsync(appending));
        }

        Assert.Empty(bench.UnexpectedRequests());
    }

    private static bool Refuse(HttpContext context, int turn)
    {
        switch (turn)
        {
            case 0:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
                return true;
            case 1:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return true;
            default:
                return false;
        }
    }

    private static async Task CancelAsync(ScenarioBench bench, DataSetConfiguration dataSet, int at)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bench.Interfere = async (context, number) =>
        {
            if (number != at)
            {
                return false;
            }

            // The reply never comes, so that the run cannot end before it notices.
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var run = await bench.RunAsync(dataSet, cancel.Token);
        bench.Interfere = (_, _) => Task.FromResult(false);
        Assert.Equal("Cancelled", run.State.ToString());
        Assert.Null(run.Failure);
    }

    private static bool SameCommit(LedgerEntry one, LedgerEntry other) => one.Number == other.Number && one.RunId == other.RunId;
}
