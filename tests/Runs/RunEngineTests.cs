using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>What the engine records, and what it refuses.</summary>
public sealed class RunEngineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(401, "Credentials", 1, "reconnect the account")]
    [InlineData(403, "Credentials", 1, "reconnect the account")]
    [InlineData(404, "Details", 1, "change its details")]
    [InlineData(422, "Details", 1, "change its details")]
    [InlineData(500, "Source", 1, "Nobody needs to act yet")]
    [InlineData(503, "Source", 5, "Nobody needs to act yet")]
    [InlineData(429, "Source", 5, "Nobody needs to act yet")]
    [InlineData(406, "Connector", 1, "author")]
    public async Task A_refusal_says_who_must_act_and_keeps_the_rows(int status, string kind, int requests, string whoActs)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        await bench.Platform.RunAsync(dataSet);
        bench.Source.Instead = context =>
        {
            context.Response.StatusCode = status;
            return Task.FromResult(true);
        };

        await bench.Platform.RunAsync(dataSet);

        var run = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal((RunState.Failed, kind, requests), (run.State, run.Failure!.Kind.ToString(), (int)run.Counts.Requests));
        Assert.Contains($"{status}", run.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(whoActs, run.Failure.WhoActs, StringComparison.Ordinal);
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    [Fact]
    public async Task A_reply_that_is_no_JSON_is_the_sources_trouble()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = async context =>
        {
            await context.Response.WriteAsync("""{"greetings":[{"id":1,""", context.RequestAborted);
            return true;
        };

        var run = await bench.Platform.RunAsync(bench.AddDataSet());

        Assert.Equal((RunState.Failed, RunFailureKind.Source), (run.State, run.Failure!.Kind));
        Assert.Contains("not the expected JSON", run.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_tried_again_and_then_told_as_such()
    {
        await using var bench = await GreetingBench.StartAsync();
        await bench.Source.DisposeAsync();

        var run = await bench.Platform.RunAsync(bench.AddDataSet());

        Assert.Equal((RunFailureKind.Source, 5), (run.Failure!.Kind, run.Counts.Requests));
        Assert.StartsWith("The source cannot be reached.", run.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_of_a_DataSet_that_is_running_is_refused_and_harms_nothing()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(Cancellation);

        var refused = await Assert.ThrowsAsync<PlatformException>(() => bench.Platform.RunAsync(dataSet));
        release.SetResult();

        Assert.Equal(PlatformFault.Busy, refused.Fault);
        Assert.Contains("running already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await first).State);
        Assert.Equal(RunState.Succeeded, (await bench.Platform.RunAsync(dataSet)).State);
        Assert.Equal(2, bench.Platform.Part<RunStore>().Of(dataSet.Id, 10).Count);
    }

    [Fact]
    public async Task A_DataSet_that_another_process_runs_is_told_to_be_in_use_and_that_process_goes_on()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        using var other = bench.Program().Start("dataset", "run", dataSet.Id);
        await arrived.Task.WaitAsync(Cancellation);

        var run = await bench.Platform.RunAsync(dataSet);
        var dead = Add(bench.Platform, dataSet, "0123");
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);
        var undecided = bench.Platform.Part<RunStore>().Unfinished();
        release.SetResult();
        (await HostProgram.EndAsync(other)).Ended(0);
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.StartsWith("Another process has the DataSet's file", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(dead.Id, undecided.Select(unfinished => unfinished.Id));
        Assert.Empty(bench.Platform.Part<RunStore>().Unfinished());
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    [Fact]
    public async Task Records_of_processes_that_are_gone_are_brought_into_line_with_the_ledger()
    {
        await using var bench = await GreetingBench.StartAsync();
        var platform = bench.Platform;
        var (complete, partial, nothing) = (bench.AddDataSet(), bench.AddDataSet(UpdateMethod.Append), bench.AddDataSet());
        var batch = ConnectorBench.Batch(2, new { Id = 1 }, new { Id = 2 });
        var runs = new[] { complete, partial, nothing }.Select(dataSet => Add(platform, dataSet, "0123")).ToList();
        await WriteAsync(platform, complete, runs[0], batch, isFinal: true);
        await WriteAsync(platform, partial, runs[1], batch, isFinal: false);
        var alive = Add(platform, complete, platform.Part<DataFolder>().Instance);

        await platform.Part<RunReconciler>().ReconcileAsync(Cancellation);

        var settled = runs.ConvertAll(run => platform.Part<RunStore>().Of(run.DataSetId, 10).Single(other => other.Id == run.Id));
        Assert.Equal([RunState.Succeeded, RunState.Failed, RunState.Failed], settled.Select(run => run.State));
        Assert.Equal([2, 2, 0], settled.Select(run => run.Counts.RowsWritten));
        Assert.Null(settled[0].Failure);
        Assert.All(settled.Skip(1), run => Assert.Equal(RunFailureKind.Platform, run.Failure!.Kind));
        Assert.Contains("What it had committed stays: 2 rows.", settled[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("It had committed nothing.", settled[2].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal([alive.Id], platform.Part<RunStore>().Unfinished().Select(run => run.Id));
    }

    [Fact]
    public async Task A_record_that_has_ended_stays_as_it_ended()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var run = await bench.Platform.RunAsync(dataSet);

        bench.Platform.Part<RunStore>().Update(run with { State = RunState.Failed });

        Assert.Equal(RunState.Succeeded, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.State);
    }

    [Fact]
    public async Task A_run_that_was_overtaken_commits_nothing_any_more()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var slow = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(Cancellation);
        await bench.Platform.CommitAsync(dataSet, ConnectorBench.Batch(null, new { Id = 7 }));

        release.SetResult();
        var run = await slow;

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.Equal(["[7]"], await bench.RowsAsync(dataSet));
    }

    private static RunRecord Add(TestPlatform platform, DataSetConfiguration dataSet, string instance)
    {
        return platform.Part<RunStore>().Add(new RunRecord
        {
            Id = Guid.NewGuid().ToString("N"),
            DataSetId = dataSet.Id,
            Instance = instance,
            Trigger = RunTrigger.Manual,
            ConnectorVersion = "1.0.0",
            Details = dataSet.Details,
            UpdateMethod = dataSet.UpdateMethod,
            State = RunState.Running,
            Phase = RunPhase.Committing,
            StartedAt = platform.Time.GetUtcNow(),
        });
    }

    private static async Task WriteAsync(TestPlatform platform, DataSetConfiguration dataSet, RunRecord run, RecordBatch batch, bool isFinal)
    {
        using var lease = await platform.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation);
        using var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = run.Id,
            Fence = run.Fence,
            UpdateMethod = run.UpdateMethod,
            Time = platform.Time,
        });
        writer.Append(batch);
        writer.Commit(isFinal);
    }
}
