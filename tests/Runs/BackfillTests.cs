using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Schedules;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Runs;

public sealed class BackfillTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    [InlineData("Partition")]
    public async Task Each_slice_is_one_run_with_one_commit_and_the_live_state_stays_where_it_is(string method)
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method), new() { Partition = new PartitionRule("day", PartitionUnit.Day) });
        await bench.Platform.RunAsync(dataSet);
        var before = await bench.Platform.ReadAsync(dataSet, reader => (State: reader.State(), Count: reader.Commits().Count));

        var backfill = await bench.StartAsync(dataSet, "2025-01-30", "2025-02-02", SliceUnit.Month);
        await bench.ExecuteAsync(backfill);

        Assert.Equal(BackfillState.Done, bench.Store.Find(backfill.Id)!.State);
        Assert.Equal([1, 2, .. BackfillBench.IdsOf("2025-01-30", "2025-02-02")], await bench.IdsAsync(dataSet));
        var commits = await bench.Platform.ReadAsync(dataSet, reader => reader.Commits().Skip(before.Count).ToList());
        Assert.Equal(bench.Store.Slices(backfill.Id).Select(slice => (slice.RunId, slice.Rows)), commits.Select(commit => ((string?)commit.RunId, commit.RowsWritten)));
        Assert.All(commits, commit => Assert.True(commit is { IsFinal: true, Checkpoint: null }));
        Assert.All(commits, commit => Assert.Equal(RunTrigger.Backfill, bench.Platform.Part<RunStore>().Find(commit.RunId)!.Trigger));
        Assert.Equal(before.State?.GetRawText(), (await bench.Platform.ReadAsync(dataSet, reader => reader.State()))?.GetRawText());

        bench.New = [3];
        await bench.Platform.RunAsync(dataSet);
        Assert.Equal(method == "Partition" ? "/new?after=0" : "/new?after=2", bench.Asked[^1]);
    }

    [Fact]
    public async Task A_backfill_that_is_paused_ends_its_slice_and_goes_on_in_another_process()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-04", SliceUnit.Day);
        bench.Before = (day, _) =>
        {
            if (day == "2025-01-02")
            {
                bench.Control.Pause(dataSet, "Somebody paused it.");
            }

            return Task.CompletedTask;
        };

        await bench.ExecuteAsync(backfill);

        Assert.Equal((BackfillState.Paused, "Somebody paused it."), (bench.Store.Find(backfill.Id)!.State, bench.Store.Find(backfill.Id)!.Reason));
        Assert.Equal(["2025-01-01 Done", "2025-01-02 Done", "2025-01-03 Pending", "2025-01-04 Pending"], bench.States(backfill));

        await bench.RestartAsync();
        bench.Before = (_, _) => Task.CompletedTask;
        await bench.ExecuteAsync(bench.Control.Resume(dataSet, here: true));

        Assert.Equal(BackfillState.Done, bench.Store.Find(backfill.Id)!.State);
        Assert.Equal(Enumerable.Range(1, 4).Select(day => $"/sales?day=2025-01-0{day}"), bench.Asked);
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-04"), await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task A_slice_that_is_interrupted_leaves_nothing_and_is_read_anew()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-20", SliceUnit.Week);
        using var stop = new CancellationTokenSource();
        bench.Before = (day, _) => day == "2025-01-09" ? stop.CancelAsync() : Task.CompletedTask;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.ExecuteAsync(backfill, stop.Token));

        Assert.Equal((BackfillState.Paused, null), (bench.Store.Find(backfill.Id)!.State, bench.Store.Find(backfill.Id)!.Instance));
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-05"), await bench.IdsAsync(dataSet));

        bench.Before = (_, _) => Task.CompletedTask;
        await bench.ExecuteAsync(bench.Control.Resume(dataSet, here: true));
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-20"), await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task A_slice_that_fails_is_tried_by_the_DataSets_policy_and_then_pauses_the_backfill_with_the_reason()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Upsert, new() { Retry = new RetryPolicy(RetryPattern.Fixed, 1, TimeSpan.Zero) });
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-03", SliceUnit.Day);
        bench.Before = (day, context) => day == "2025-01-02" ? AnswerAsync(context, 500) : Task.CompletedTask;

        await bench.ExecuteAsync(backfill);

        var failed = bench.Store.Slices(backfill.Id)[1];
        Assert.Equal(["2025-01-01 Done", "2025-01-02 Failed", "2025-01-03 Pending"], bench.States(backfill));
        Assert.Equal((BackfillState.Paused, $"The slice 2025-01-02 failed: {failed.Failure}"), (bench.Store.Find(backfill.Id)!.State, bench.Store.Find(backfill.Id)!.Reason));
        Assert.Contains("500", failed.Failure, StringComparison.Ordinal);
        Assert.Equal(2, bench.Platform.Part<RunStore>().Find(failed.RunId!)!.Attempts);

        bench.Before = (_, _) => Task.CompletedTask;
        await bench.ExecuteAsync(bench.Control.Resume(dataSet, here: true));
        Assert.Equal((BackfillState.Done, null), (bench.Store.Find(backfill.Id)!.State, bench.Store.Find(backfill.Id)!.Reason));
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-03"), await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task A_slice_that_had_committed_when_its_process_was_killed_is_done_and_one_that_had_not_is_read()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-03", SliceUnit.Day);
        await bench.ExecuteAsync(backfill);
        var slices = bench.Store.Slices(backfill.Id);
        bench.Store.Update(backfill.Id, slices[0] with { State = SliceState.Running, Rows = 0 });
        var undo = await bench.Platform.Part<RunCorrections>().LastRunAsync(dataSet, Cancellation);
        await bench.Platform.Part<RunCorrections>().UndoAsync(dataSet, undo, Cancellation);
        bench.Store.Update(backfill.Id, slices[2] with { State = SliceState.Running, Rows = 0 });
        var asked = bench.Asked.Count;

        Assert.True(bench.Store.TryResume(bench.Store.Find(backfill.Id)!, null));
        await bench.ExecuteAsync(backfill);

        Assert.Equal(["/sales?day=2025-01-03"], bench.Asked.Skip(asked));
        Assert.All(bench.Store.Slices(backfill.Id), slice => Assert.Equal((SliceState.Done, 3), (slice.State, slice.Rows)));
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-03"), await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task A_slice_can_be_run_again_and_with_Append_only_once_its_rows_are_undone()
    {
        await using var bench = await BackfillBench.StartAsync();
        var (upsert, append) = (bench.AddDataSet(UpdateMethod.Upsert), bench.AddDataSet(UpdateMethod.Append));
        foreach (var dataSet in (DataSetConfiguration[])[upsert, append])
        {
            await bench.ExecuteAsync(await bench.StartAsync(dataSet, "2025-01-01", "2025-01-02", SliceUnit.Day));
        }

        await bench.ExecuteAsync(bench.Control.Again(upsert, new DateOnly(2025, 1, 1), here: true));
        Assert.Equal("/sales?day=2025-01-01", bench.Asked[^1]);

        var refusal = Assert.Throws<PlatformException>(() => bench.Control.Again(append, new DateOnly(2025, 1, 2), here: true));
        Assert.Contains("Append would add them a second time", refusal.Message, StringComparison.Ordinal);
        await bench.Platform.Part<RunCorrections>().UndoAsync(append, await bench.Platform.Part<RunCorrections>().LastRunAsync(append, Cancellation), Cancellation);
        await bench.ExecuteAsync(bench.Control.Again(append, new DateOnly(2025, 1, 2), here: true));

        Assert.Equal(5, bench.Asked.Count - 1);
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-02"), await bench.IdsAsync(upsert));
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-02"), await bench.IdsAsync(append));
    }

    [Fact]
    public async Task A_cancelled_backfill_ends_with_its_slice_and_lets_another_begin()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-03", SliceUnit.Day);
        var another = await bench.PlanAsync(dataSet, "2025-02-01", "2025-02-01", SliceUnit.Day);
        Assert.Contains("has a backfill that has not ended", Assert.Throws<PlatformException>(() => bench.Control.Start(another, here: true)).Message, StringComparison.Ordinal);
        bench.Before = async (day, context) =>
        {
            if (day == "2025-01-02")
            {
                bench.Control.Cancel(dataSet);
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        };

        await bench.ExecuteAsync(backfill);

        Assert.Equal(BackfillState.Cancelled, bench.Store.Find(backfill.Id)!.State);
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-01"), await bench.IdsAsync(dataSet));
        Assert.Contains("is not paused: it is Cancelled", Assert.Throws<PlatformException>(() => bench.Control.Resume(dataSet, here: true)).Message, StringComparison.Ordinal);
        bench.Control.Start(another, here: true);
    }

    [Fact]
    public async Task A_method_that_was_changed_to_Replace_meanwhile_pauses_the_backfill_in_words()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-02", SliceUnit.Day);
        bench.Before = (_, _) =>
        {
            bench.Platform.Part<DataSetEdit>().Save(bench.Platform.Part<DataSetConfigurationStore>().Get(dataSet.Id) with { UpdateMethod = UpdateMethod.Replace }, ChangeOrigin.Page);
            return Task.CompletedTask;
        };

        await bench.ExecuteAsync(backfill);

        Assert.Contains("has the update method Replace", bench.Store.Find(backfill.Id)!.Reason, StringComparison.Ordinal);
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-01"), await bench.IdsAsync(dataSet));
    }

    [Fact]
    public async Task A_server_takes_up_what_was_left_to_it_and_a_slice_makes_no_DataSet_fresh()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-02", SliceUnit.Day, here: false);
        using var host = new BackfillHost(bench.Store, bench.Runner, TimeProvider.System, NullLogger<BackfillHost>.Instance);

        await host.StartAsync(Cancellation);
        await BackfillBench.UntilAsync(() => bench.Store.Find(backfill.Id)!.State == BackfillState.Done);
        await host.StopAsync(Cancellation);

        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-02"), await bench.IdsAsync(dataSet));
        Assert.Null(bench.Platform.Part<ScheduleStore>().LastSuccess(dataSet.Id));
    }

    [Fact]
    public async Task A_server_that_ends_leaves_its_backfill_running_for_the_next_one()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var backfill = await bench.StartAsync(dataSet, "2025-01-01", "2025-01-02", SliceUnit.Day, here: false);
        using var host = new BackfillHost(bench.Store, bench.Runner, TimeProvider.System, NullLogger<BackfillHost>.Instance);
        var arrived = new TaskCompletionSource();
        bench.Before = async (_, context) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        await host.StartAsync(Cancellation);
        await arrived.Task.WaitAsync(Cancellation);

        await host.StopAsync(Cancellation);

        Assert.Equal((BackfillState.Running, null), (bench.Store.Find(backfill.Id)!.State, bench.Store.Find(backfill.Id)!.Instance));
        Assert.True(bench.Runner.IsFree(bench.Store.Find(backfill.Id)!));
    }

    private static Task AnswerAsync(Microsoft.AspNetCore.Http.HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.StartAsync();
    }
}
