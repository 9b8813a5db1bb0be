using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A backfill beside live runs: whose turn it is, who has how many requests, who is told what.</summary>
public sealed class BackfillOverlapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_live_run_is_queued_by_a_slice_and_goes_before_the_next_one()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-03", SliceUnit.Day);
        Task<RunRecord>? live = null;
        bench.Before = async (day, _) =>
        {
            if (day == "2025-01-02")
            {
                live = bench.Platform.RunAsync(dataSet);
                await BackfillBench.UntilAsync(() => bench.Platform.Part<RunStore>().Last(dataSet.Id) is { Trigger: RunTrigger.Manual, State: RunState.Queued });
            }
        };

        await bench.ExecuteAsync(backfill);

        Assert.Equal(RunState.Succeeded, (await live!).State);
        Assert.Equal(["/sales?day=2025-01-01", "/sales?day=2025-01-02", "/new?after=0", "/sales?day=2025-01-03"], bench.Asked);
    }

    [Fact]
    public async Task A_slice_waits_behind_the_live_run_that_goes_on_and_the_one_that_is_queued()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-01", SliceUnit.Day);
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Before = async (what, context) =>
        {
            arrived.TrySetResult();
            await release.Task.WaitAsync(context.RequestAborted);
        };
        var first = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(Cancellation);
        var filling = bench.ExecuteAsync(backfill);
        await BackfillBench.UntilAsync(() => bench.Platform.Part<RunStore>().Last(dataSet.Id) is { Trigger: RunTrigger.Backfill, State: RunState.Queued });
        var second = bench.Platform.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Schedule, Overlap.QueueOne, Cancellation);
        release.SetResult();

        Assert.All(await Task.WhenAll(first, second), run => Assert.True(run.IsSuccess));
        await filling;
        Assert.Equal(["/new?after=0", "/new?after=2", "/sales?day=2025-01-01"], bench.Asked);
    }

    [Fact]
    public async Task A_live_run_of_another_process_gets_its_turn_between_two_slices()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-03", SliceUnit.Day);
        Task<ProgramResult>? live = null;
        bench.Before = async (day, _) =>
        {
            if (day == "2025-01-02")
            {
                live = bench.Program().RunAsync("dataset", "run", dataSet.Id);
                await BackfillBench.UntilAsync(() => bench.Platform.Part<RunStore>().Last(dataSet.Id) is { Trigger: RunTrigger.Manual });
            }
        };

        await bench.ExecuteAsync(backfill);

        (await live!).Ended(0);
        Assert.Equal(["/sales?day=2025-01-01", "/sales?day=2025-01-02", "/new?after=0", "/sales?day=2025-01-03"], bench.Asked);
        Assert.Equal([1, 2, .. BackfillBench.IdsOf("2025-01-01", "2025-01-03")], await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task The_slices_requests_keep_to_the_backfills_own_budget()
    {
        var clock = new ElapsingClock(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));
        await using var bench = await BackfillBench.StartAsync(clock);
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var plan = await bench.PlanAsync(dataSet, "2025-01-01", "2025-01-07", SliceUnit.Day, request => request with { Budget = new RateBudget(2, 60) });
        bench.Control.Start(plan, here: true);

        await bench.ExecuteAsync(plan.Backfill);

        Assert.Equal(BackfillState.Done, bench.Store.Find(plan.Backfill.Id)!.State);
        var waited = bench.Platform.Part<RunStore>().Of(dataSet.Id, 10).Sum(run => run.Counts.Waited.TotalSeconds);
        Assert.InRange(waited, 120, 180);
    }

    [Fact]
    public async Task A_slice_that_succeeds_is_no_recovery_of_a_live_run_that_failed()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var live = await bench.Platform.RunAsync(dataSet);
        var failed = live with { State = RunState.Failed, Failure = new RunFailure(RunFailureKind.Source, "Down.") };

        Assert.Null(RunNotices.EventOf(live with { Trigger = RunTrigger.Backfill }, failed, dataSet, null));
        Assert.NotNull(RunNotices.EventOf(live, failed, dataSet, null));
        Assert.NotNull(RunNotices.EventOf(failed with { Trigger = RunTrigger.Backfill }, live, dataSet, null));
    }
}
