using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Real processes that are asked to stop while their runs are at something.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task A_run_commits_up_to_its_last_checkpoint_and_the_server_goes_on_from_there(string method)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method));
        var held = HoldPage(bench, 10);
        using var running = bench.Program().Start("dataset", "run", dataSet.Id);
        await held.WaitAsync(Cancellation);

        var (result, took) = await running.SignalAsync("TERM");

        result.Ended(130);
        Assert.True(took < Limit, $"It took {took}.");
        var stopped = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        var kept = (int)stopped.Counts.RowsWritten;
        Assert.Equal((RunState.Failed, Interruption.Stopped), (stopped.State, stopped.Interruption));
        Assert.Contains(kept, new[] { 5, 10 });
        Assert.Equal($"The platform was stopped during this run. What it had committed stays: {Counted.Of(kept, "row")}. It runs again when the platform's server starts.", stopped.Failure!.Message);
        Assert.Equal(GreetingSource.Rows(kept, "Hello"), await bench.RowsAsync(dataSet));

        bench.Source.Instead = _ => Task.FromResult(false);
        var before = bench.Source.Requests;
        await bench.Platform.StartAgainAsync();
        var again = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((RunState.Succeeded, RunTrigger.Resume, stopped.Id), (again.State, again.Trigger, again.Resumes));
        Assert.Equal((20 - kept) / 5, bench.Source.Requests - before);
        Assert.Equal(GreetingSource.Rows(20, "Hello"), await bench.RowsAsync(dataSet));
    }

    [Theory]
    [InlineData("Replace")]
    [InlineData("Partition")]
    public async Task A_run_that_publishes_at_the_end_may_reach_it_or_is_interrupted_and_leaves_the_old_content(string method)
    {
        await using var bench = await GreetingBench.StartAsync();
        var rules = new DataSetRules { Partition = new PartitionRule("said_at", PartitionUnit.Day) };
        var (slow, quick) = (bench.AddDataSet(Enum.Parse<UpdateMethod>(method), rules), bench.AddDataSet(Enum.Parse<UpdateMethod>(method), rules));
        await bench.Platform.RunAsync(slow);
        bench.Source.Say = id => $"New {id}";
        var (arrived, release) = bench.Hold();
        using var first = Program(bench).Start("dataset", "run", quick.Id);
        await arrived.Task.WaitAsync(Cancellation);
        var ending = first.SignalAsync("TERM");
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        release.SetResult();
        var (succeeded, tookToTheEnd) = await ending;

        (arrived, _) = bench.Hold();
        using var second = Program(bench, "00:00:00.5").Start("dataset", "run", slow.Id);
        await arrived.Task.WaitAsync(Cancellation);
        var (interrupted, took) = await second.SignalAsync("TERM");

        succeeded.Ended(0);
        interrupted.Ended(130);
        Assert.True(took < Limit && tookToTheEnd < Limit, $"They took {took} and {tookToTheEnd}.");
        Assert.Equal(GreetingSource.Rows(3, "New"), await bench.RowsAsync(quick));
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(slow));
        Assert.Equal(Interruption.Stopped, bench.Platform.Part<RunStore>().Last(slow.Id)!.Interruption);
    }

    [Fact]
    public async Task A_connector_that_does_not_listen_does_not_hold_up_the_end()
    {
        await using var platform = new TestPlatform();
        var announcement = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var dataSet = platform.AddDataSet("hostile", details: System.Text.Json.JsonSerializer.SerializeToElement(new { deed = "silence", announce = announcement }));
        var program = new HostProgram(platform.DataFolder)
        {
            Environment = { ["Connectors__Folders__0"] = Repository.PathOf("artifacts", "test-plugins"), ["Runs__CommitWithin"] = "00:00:00.5" },
        };
        using var running = program.Start("dataset", "run", dataSet.Id);
        while (!File.Exists(announcement) && !running.HasExited)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        }

        var (result, took) = await running.SignalAsync("TERM");
        File.Delete(announcement);

        result.Ended(130);
        Assert.True(took < Limit, $"It took {took}.");
        Assert.Equal(Interruption.Stopped, platform.Part<RunStore>().Last(dataSet.Id)!.Interruption);
    }

    [Fact]
    public async Task Who_presses_Ctrl_C_cancels_the_run_and_it_does_not_run_again_by_itself()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var held = HoldPage(bench, 10);
        using var running = bench.Program().Start("dataset", "run", dataSet.Id);
        await held.WaitAsync(Cancellation);

        var (result, _) = await running.SignalAsync("INT");

        result.Ended(130);
        var run = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((RunState.Cancelled, null), (run.State, run.Interruption));
        Assert.Contains(run.Counts.RowsWritten, new[] { 5L, 10L });
        await bench.Platform.StartAgainAsync();
        Assert.Equal(run.Id, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Id);
    }

    [Fact]
    public async Task A_server_loses_no_run_that_it_reads_that_waits_for_a_place_for_its_DataSet_or_for_its_next_attempt()
    {
        await using var bench = await GreetingBench.StartAsync();
        var hourly = new DataSetRules { Retry = new RetryPolicy(RetryPattern.Fixed, 1, TimeSpan.FromHours(1)) };
        var (retrying, one, other) = (bench.AddDataSet(rules: hourly), bench.AddDataSet(), bench.AddDataSet());
        var refusals = 1;
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Source.Instead = async context =>
        {
            if (refusals-- > 0)
            {
                context.Response.StatusCode = 500;
                return true;
            }

            held.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        Array.ForEach([retrying, one, other], dataSet => bench.Platform.AddRun(dataSet));
        using var server = Serve(bench);
        await bench.Platform.UntilAsync(retrying, run => run.WaitingFor?.StartsWith("attempt 2", StringComparison.Ordinal) == true);
        await held.Task.WaitAsync(Cancellation);

        // The three begin at once: which of the two gets the place is nobody's promise.
        var (reading, placeless) = bench.Platform.Part<RunStore>().Last(one.Id)!.State == RunState.Running ? (one, other) : (other, one);
        await bench.Platform.UntilAsync(placeless, run => run.Trigger == RunTrigger.Resume && run.State == RunState.Queued);
        DataSetConfiguration[] all = [retrying, reading, placeless];

        var (result, took) = await server.SignalAsync("TERM");

        result.Ended(0);
        Assert.True(took < Limit, $"It took {took}.");
        var stopped = all.Select(dataSet => bench.Platform.Part<RunStore>().Last(dataSet.Id)!).ToList();
        Assert.All(stopped, run => Assert.Equal(RunState.Failed, run.State));
        Assert.Equal([Interruption.Waiting, Interruption.Stopped, Interruption.Waiting], stopped.Select(run => run.Interruption));
        Assert.StartsWith("The platform was stopped before the next attempt", stopped[0].Failure!.Message, StringComparison.Ordinal);
        Assert.StartsWith("The platform was stopped before this run could begin.", stopped[2].Failure!.Message, StringComparison.Ordinal);

        bench.Source.Instead = _ => Task.FromResult(false);
        using var next = Serve(bench);
        await bench.Platform.UntilAsync(reading, run => run.IsSuccess);
        await bench.Platform.UntilAsync(placeless, run => run.IsSuccess);
        await bench.Platform.UntilAsync(retrying, run => run.WaitingFor?.StartsWith("its next attempt at", StringComparison.Ordinal) == true);
        (await next.SignalAsync("TERM")).Result.Ended(0);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_file_is_interrupted()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        using var lease = await bench.Platform.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        using var running = Program(bench, "00:00:00.2").Start("dataset", "run", dataSet.Id);
        await bench.Platform.UntilAsync(dataSet, run => run.State == RunState.Running);

        var (result, took) = await running.SignalAsync("TERM");

        result.Ended(130);
        Assert.True(took < Limit, $"It took {took}.");
        Assert.Equal(Interruption.Stopped, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.Interruption);
    }

    [Fact]
    public async Task Whatever_the_moment_the_record_tells_what_the_ledger_holds()
    {
        await using var bench = await GreetingBench.StartAsync();
        (bench.Source.Greetings, bench.Source.PageSize) = (40, 2);
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        foreach (var page in new[] { 0, 9, 19 })
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            bench.Source.Served = after => (after >= page * 2 ? reached : new()).TrySetResult();
            using var running = bench.Program().Start("dataset", "run", dataSet.Id);
            await Task.WhenAny(reached.Task, running.WaitForExitAsync(Cancellation));
            var (result, took) = await running.SignalAsync("TERM");

            Assert.True(result.Code is 0 or 130, $"Exit code {result.Code}: {result.Error}");
            Assert.True(took < Limit, $"It took {took}.");
            var run = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
            var own = (await bench.Platform.ReadAsync(dataSet, reader => reader.Commits())).Where(commit => commit.RunId == run.Id).ToList();
            Assert.Equal((run.IsSuccess, run.Counts.RowsWritten), (own.Any(commit => commit.IsFinal), own.Sum(commit => commit.RowsWritten)));
            Assert.Equal(result.Code == 0 ? null : Interruption.Stopped, run.Interruption);
        }

        await bench.Platform.StartAgainAsync();
        Assert.Equal(GreetingSource.Rows(40, "Hello"), await bench.RowsAsync(dataSet));
    }

    private static HostProgram Program(GreetingBench bench, string commitWithin = "00:00:05")
    {
        var program = bench.Program();
        program.Environment["Runs__CommitWithin"] = commitWithin;
        return program;
    }

    private static System.Diagnostics.Process Serve(GreetingBench bench)
    {
        var program = Program(bench, "00:00:00.5");
        program.Environment["Runs__MostAtOnce"] = "1";
        return program.Start("serve", "--url", Server.FreeAddress());
    }

    /// <summary>The source gives two pages of five, and then the reply for the third does not come.</summary>
    private static Task HoldPage(GreetingBench bench, int after)
    {
        (bench.Source.Greetings, bench.Source.PageSize) = (20, 5);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Source.Instead = async context =>
        {
            if (context.Request.Query["after"] != $"{after}")
            {
                return false;
            }

            held.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        return held.Task;
    }
}
