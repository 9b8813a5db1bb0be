using System.ComponentModel.DataAnnotations;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>What the server runs again when it starts, and what it does not.</summary>
public sealed class ResumeTests
{
    private static readonly DataSetRules ByDay = new() { Partition = new PartitionRule("said_at", PartitionUnit.Day) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private sealed record Row([property: Key] long Id, string Text, decimal Warmth, DateTimeOffset SaidAt);

    [Theory]
    [InlineData("Replace", 0)]
    [InlineData("Partition", 0)]
    [InlineData("Append", 2)]
    [InlineData("Upsert", 2)]
    public async Task A_run_whose_process_died_runs_again_from_what_the_ledger_holds(string name, int from)
    {
        await using var bench = await GreetingBench.StartAsync();
        var method = Enum.Parse<UpdateMethod>(name);
        var dataSet = bench.AddDataSet(method, ByDay);
        var dead = bench.Platform.AddRun(dataSet);
        if (method is UpdateMethod.Append or UpdateMethod.Upsert)
        {
            await bench.Platform.CommitAsync(dataSet, dead, TwoRows(), isFinal: false);
        }

        var asked = new List<string>();
        bench.Source.Instead = context =>
        {
            asked.Add(context.Request.Query["after"]!);
            return Task.FromResult(false);
        };

        await bench.Platform.StartAgainAsync();

        var runs = bench.Platform.Part<RunStore>().Of(dataSet.Id, 10);
        Assert.Equal([(RunState.Succeeded, (Interruption?)null, dead.Id), (RunState.Failed, Interruption.Died, null)], runs.Select(run => (run.State, run.Interruption, run.Resumes)));
        Assert.Equal([$"{from}"], asked);
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));

        await bench.Platform.StartAgainAsync();
        Assert.Equal(2, bench.Platform.Part<RunStore>().Of(dataSet.Id, 10).Count);
    }

    [Theory]
    [InlineData("Replace")]
    [InlineData("Partition")]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task A_run_whose_final_commit_stands_has_succeeded_and_does_not_run_again(string method)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method), ByDay);
        var dead = bench.Platform.AddRun(dataSet, phase: RunPhase.Committing);
        await bench.Platform.CommitAsync(dataSet, dead, TwoRows(), isFinal: true);

        await bench.Platform.StartAgainAsync();

        Assert.Equal((dead.Id, RunState.Succeeded), (Assert.Single(bench.Platform.Part<RunStore>().Of(dataSet.Id, 10)) is var run ? run.Id : "", run.State));
        Assert.Equal(0, bench.Source.Requests);
    }

    [Fact]
    public async Task A_run_during_which_the_process_died_twice_in_a_row_is_told_and_not_run_a_third_time()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var first = bench.Platform.AddRun(dataSet);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        bench.Platform.AddRun(dataSet, resumes: first.Id);

        await bench.Platform.StartAgainAsync();

        var last = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((2, Interruption.DiedAgain, false), (bench.Platform.Part<RunStore>().Of(dataSet.Id, 10).Count, last.Interruption, last.IsToBeResumed));
        Assert.Contains("It may be what kills the platform, and is not run again by itself", last.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, bench.Source.Requests);
        Assert.NotNull(RunNotices.EventOf(last, null, dataSet, null));
        Assert.Null(RunNotices.EventOf(bench.Platform.Part<RunStore>().Find(first.Id)!, null, dataSet, null));
    }

    [Fact]
    public async Task A_run_that_only_waited_when_the_process_died_is_not_suspected()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var first = bench.Platform.AddRun(dataSet);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        var second = bench.Platform.AddRun(dataSet, state: RunState.Queued, phase: RunPhase.Waiting, resumes: first.Id);

        await bench.Platform.StartAgainAsync();

        var last = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((RunState.Succeeded, second.Id), (last.State, last.Resumes));
        Assert.Equal(Interruption.Waiting, bench.Platform.Part<RunStore>().Find(second.Id)!.Interruption);
    }

    [Fact]
    public async Task What_a_later_run_has_made_up_for_is_not_run_again()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        bench.Platform.AddRun(dataSet);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        var byHand = await bench.Platform.RunAsync(dataSet);

        await bench.Platform.StartAgainAsync();

        Assert.Equal(byHand.Id, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Id);
    }

    [Fact]
    public async Task Two_servers_that_start_at_once_run_it_once()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var dead = bench.Platform.AddRun(dataSet);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        bench.Platform.AddRun(dataSet, instance: bench.Platform.Part<DataFolder>().Instance, resumes: dead.Id);

        var refused = await Assert.ThrowsAsync<Host.PlatformException>(() => bench.Platform.Part<RunEngine>().ResumeAsync(bench.Platform.Part<RunStore>().Find(dead.Id)!, Cancellation));

        Assert.Equal($"Another server makes up for the run {dead.Id} already.", refused.Message);
    }

    [Fact]
    public async Task Where_the_operator_does_not_want_it_nothing_runs_again_and_the_record_says_what_to_do()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Platform.Settings["Runs:ResumeOnStart"] = "false";
        var dataSet = bench.AddDataSet();
        bench.Platform.AddRun(dataSet);

        await bench.Platform.StartAgainAsync();

        var run = Assert.Single(bench.Platform.Part<RunStore>().Of(dataSet.Id, 10));
        Assert.Equal("The platform died during this run. It had committed nothing. Run it again.", run.Failure!.Message);
        Assert.NotNull(RunNotices.EventOf(run, null, dataSet, null));
    }

    [Fact]
    public async Task What_was_interrupted_before_the_operator_ceased_to_want_it_does_not_run_again_either()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var dead = bench.Platform.AddRun(dataSet);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);

        await using var next = new TestPlatform { DataFolder = bench.Platform.DataFolder, Settings = { ["Runs:ResumeOnStart"] = "false" } };
        await next.StartAgainAsync();

        Assert.Equal(dead.Id, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Id);
    }

    [Fact]
    public async Task A_killed_run_is_only_settled_by_other_verbs_and_run_again_by_the_server()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        using (var running = bench.Program().Start("dataset", "run", dataSet.Id))
        {
            await arrived.Task.WaitAsync(Cancellation);
            await running.SignalAsync("KILL");
        }

        (await bench.Program().RunAsync("dataset", "list")).Ended(0);
        var killed = Assert.Single(bench.Platform.Part<RunStore>().Of(dataSet.Id, 10));
        Assert.Equal((RunState.Failed, Interruption.Died), (killed.State, killed.Interruption));

        release.SetResult();
        using var server = bench.Program().Start("serve", "--url", Server.FreeAddress());
        var again = await bench.Platform.UntilAsync(dataSet, run => run.IsSuccess);
        Assert.Equal((RunTrigger.Resume, killed.Id), (again.Trigger, again.Resumes));
        (await server.SignalAsync("TERM")).Result.Ended(0);
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    private static RecordBatch TwoRows() => ConnectorBench.Batch(2, Greeting(1), Greeting(2));

    private static Row Greeting(long id) => new(id, $"Hello {id}", 0.5m, new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));
}
