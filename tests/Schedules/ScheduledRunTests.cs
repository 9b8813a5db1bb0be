using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>What becomes of a fire in the platform as it is put together.</summary>
public sealed class ScheduledRunTests
{
    [Fact]
    public async Task A_schedule_rests_while_the_source_refuses_its_account_and_goes_on_after_a_run_by_hand()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        bench.Source.Instead = context =>
        {
            context.Response.StatusCode = 401;
            return Task.FromResult(true);
        };

        var refused = await FireAsync(bench, dataSet);
        var requests = bench.Source.Requests;
        var resting = await FireAsync(bench, dataSet);

        Assert.Equal((FireEnd.Ran, true), (refused.End, refused.Message.StartsWith("Failed: ", StringComparison.Ordinal)));
        Assert.Equal((FireEnd.AccountTrouble, null, requests), (resting.End, resting.RunId, bench.Source.Requests));
        Assert.Contains("has been reconnected", resting.Message, StringComparison.Ordinal);

        bench.Source.Instead = _ => Task.FromResult(false);
        await bench.Platform.RunAsync(dataSet);

        var run = await FireAsync(bench, dataSet);
        Assert.Equal((FireEnd.Ran, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Id), (run.End, run.RunId));
        Assert.Equal(RunTrigger.Schedule, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Trigger);
    }

    [Fact]
    public async Task A_fire_meets_a_run_that_was_started_by_hand_by_its_overlap_policy()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Source.Instead = async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
            return false;
        };
        var byHand = bench.Platform.RunAsync(dataSet);
        await asked.Task;

        var skipped = await FireAsync(bench, dataSet, OverlapPolicy.Skip);
        var queued = FireAsync(bench, dataSet, OverlapPolicy.QueueOne);
        answer.SetResult();

        Assert.Equal((FireEnd.Overlap, null), (skipped.End, skipped.RunId));
        Assert.Contains("is running already", skipped.Message, StringComparison.Ordinal);
        Assert.Equal(FireEnd.Ran, (await queued).End);
        Assert.NotEqual((await byHand).Id, (await queued).RunId);
    }

    private static Task<FireOutcome> FireAsync(GreetingBench bench, DataSetConfiguration dataSet, OverlapPolicy overlap = OverlapPolicy.QueueOne) =>
        bench.Platform.Part<Func<Fire, CancellationToken, Task<FireOutcome>>>()(
            new Fire { ScheduleId = "schedule", DataSetId = dataSet.Id, At = Samples.Now, Overlap = overlap, LogId = "line" }, TestPlatform.Cancellation);
}
