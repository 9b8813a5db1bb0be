using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Runs that are asked for while others go on.</summary>
public sealed class OverlapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_run_waits_for_the_one_that_goes_on_and_a_third_is_refused_in_words()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = RunAsync(bench, dataSet, Overlap.QueueOne);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);
        var second = RunAsync(bench, dataSet, Overlap.QueueOne);

        var queued = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((RunState.Queued, "the end of the run that is going on"), (queued.State, queued.WaitingFor));
        var refused = await Assert.ThrowsAsync<PlatformException>(() => RunAsync(bench, dataSet, Overlap.QueueOne));
        Assert.Contains("another run waits", refused.Message, StringComparison.Ordinal);
        Assert.False(second.IsCompleted);

        release.SetResult();
        Assert.Equal([RunState.Succeeded, RunState.Succeeded], (await Task.WhenAll(first, second)).Select(run => run.State));
        Assert.Equal(queued.Id, (await second).Id);
        Assert.Equal(2, bench.Platform.Part<RunStore>().Of(dataSet.Id, 10).Count);
    }

    [Fact]
    public async Task A_run_can_take_the_place_of_the_one_that_goes_on()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, _) = bench.Hold();
        var first = RunAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);

        var second = await RunAsync(bench, dataSet, Overlap.CancelRunning);

        Assert.Equal((RunState.Cancelled, RunState.Succeeded), ((await first).State, second.State));
    }

    [Fact]
    public async Task A_run_that_waited_behind_one_that_is_held_ends_cancelled_and_says_why()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(rules: new DataSetRules { Safeguards = new Safeguards { NoRows = SafeguardAction.Hold } });
        bench.Source.Greetings = 0;
        var (arrived, release) = bench.Hold();
        var first = RunAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);
        var second = RunAsync(bench, dataSet, Overlap.QueueOne);
        release.SetResult();

        Assert.Equal(RunState.Held, (await first).State);
        var ended = bench.Platform.Part<RunStore>().Find((await second).Id)!;
        Assert.Equal((RunState.Cancelled, null), (ended.State, ended.Failure));
        Assert.Equal(RunEngine.HeldMessage(bench.Platform.Part<RunStore>().HeldOf(dataSet.Id)!), Assert.Single(ended.Warnings));
    }

    [Fact]
    public async Task A_run_that_gives_up_waiting_is_recorded_and_leaves_its_turn_to_the_next()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = RunAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);
        using var impatience = new CancellationTokenSource();
        var second = bench.Platform.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Overlap.QueueOne, impatience.Token)
            .WaitAsync(RunningWatch.Patience, Cancellation);
        await impatience.CancelAsync();
        Assert.Equal(RunState.Cancelled, (await second).State);

        var third = RunAsync(bench, dataSet, Overlap.QueueOne);
        release.SetResult();

        Assert.Equal([RunState.Succeeded, RunState.Succeeded], (await Task.WhenAll(first, third)).Select(run => run.State));
        Assert.Equal(RunState.Cancelled, bench.Platform.Part<RunStore>().Find((await second).Id)!.State);
    }

    [Fact]
    public async Task A_queued_run_uses_what_the_DataSet_says_when_its_turn_comes()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = RunAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);
        var second = RunAsync(bench, dataSet, Overlap.QueueOne);

        bench.Platform.Part<DataSetEdit>().Save(dataSet with { UpdateMethod = UpdateMethod.Append }, ChangeOrigin.Page);
        release.SetResult();

        await first;
        Assert.Equal(UpdateMethod.Append, (await second).UpdateMethod);
        Assert.Equal(UpdateMethod.Append, bench.Platform.Part<RunStore>().Find((await second).Id)!.UpdateMethod);
    }

    [Theory]
    [InlineData("Runs:MostAtOnce", true, "a place: 1 run goes on")]
    [InlineData("Runs:MostOfAccount", false, "a place: 1 run of its account goes on")]
    public async Task More_runs_than_may_go_on_at_once_wait_and_say_for_what(string setting, bool concernsOthers, string what)
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Platform.Settings[setting] = "1";
        var account = bench.Platform.AddAccount("hello");
        var (one, two, other) = (bench.AddDataSet(account: account), bench.AddDataSet(account: account), bench.AddDataSet());
        var (arrived, release) = bench.Hold();
        var first = RunAsync(bench, one, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);
        var second = RunAsync(bench, two, Overlap.Refuse);
        var third = RunAsync(bench, other, Overlap.Refuse);

        Assert.Equal((RunState.Queued, what), (bench.Platform.Part<RunStore>().Last(two.Id)!.State, bench.Platform.Part<RunStore>().Last(two.Id)!.WaitingFor));
        if (!concernsOthers)
        {
            Assert.Equal(RunState.Succeeded, (await third).State);
        }

        Assert.False(second.IsCompleted);
        release.SetResult();
        Assert.All(await Task.WhenAll(first, second, third), run => Assert.Equal(RunState.Succeeded, run.State));
    }

    [Fact]
    public async Task A_run_of_another_process_is_cancelled_on_the_command_line()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, _) = bench.Hold();
        using var running = bench.Program().Start("dataset", "run", dataSet.Id);
        await arrived.Task.WaitAsync(RunningWatch.Patience, Cancellation);

        (await bench.Program().RunAsync("dataset", "cancel", dataSet.Id)).Ended(0);

        (await HostProgram.EndAsync(running)).Ended(130);
        Assert.Equal(RunState.Cancelled, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.State);
        Assert.Contains("is not running", (await bench.Program().RunAsync("dataset", "cancel", dataSet.Id)).Ended(2).Error, StringComparison.Ordinal);
    }

    private static Task<RunRecord> RunAsync(GreetingBench bench, DataSetConfiguration dataSet, Overlap overlap) =>
        bench.Platform.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, overlap, Cancellation).WaitAsync(RunningWatch.Patience, Cancellation);
}
