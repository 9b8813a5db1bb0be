using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Runs that a safeguard holds, as the engine, the schedules and the notices see them.</summary>
public sealed class HeldRunTests
{
    private static readonly DataSetRules HoldsFewRows = new() { Safeguards = new() { NoRows = SafeguardAction.Hold } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Replace")]
    [InlineData("Append")]
    public async Task A_held_run_says_why_and_no_other_follows_until_somebody_decides(string updateMethod)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(updateMethod), HoldsFewRows);
        bench.Source.Greetings = 0;

        var held = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Held, "The source delivered no rows."), (held.State, Assert.Single(held.Warnings)));
        Assert.Equal(RunState.Held, bench.Platform.Part<RunStore>().Find(held.Id)!.State);
        bench.Source.Greetings = 3;
        var refused = await Assert.ThrowsAsync<PlatformException>(() => bench.Platform.RunAsync(dataSet));
        Assert.Equal(PlatformFault.Busy, refused.Fault);
        Assert.Contains("waits for approval", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no rows", refused.Message, StringComparison.Ordinal);
        Assert.Single(bench.Platform.Part<RunStore>().Of(dataSet.Id, 10));

        var corrections = bench.Platform.Part<RunCorrections>();
        var rejected = await corrections.RejectAsync(dataSet, corrections.HeldRun(dataSet), Cancellation);
        Assert.Equal(RunState.Cancelled, bench.Platform.Part<RunStore>().Find(rejected.Id)!.State);
        Assert.Equal((RunState.Succeeded, 3), ((await bench.Platform.RunAsync(dataSet)).State, (await bench.RowsAsync(dataSet)).Count));
    }

    [Fact]
    public async Task An_approved_run_has_succeeded_with_what_it_wrote()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Replace);
        await bench.Platform.RunAsync(dataSet);
        dataSet = bench.Platform.Part<DataSetEdit>().Save(dataSet with { Rules = HoldsFewRows }, ChangeOrigin.Page);
        bench.Source.Greetings = 0;
        await bench.Platform.RunAsync(dataSet);
        Assert.Equal(3, (await bench.RowsAsync(dataSet)).Count);

        var corrections = bench.Platform.Part<RunCorrections>();
        var approved = await corrections.ApproveAsync(dataSet, corrections.HeldRun(dataSet), Cancellation);

        Assert.Equal((RunState.SucceededWithWarnings, 3), (approved.State, approved.Counts.RowsRemoved));
        Assert.Contains("Approved at", approved.Warnings[^1], StringComparison.Ordinal);
        Assert.Equal(RunState.SucceededWithWarnings, bench.Platform.Part<RunStore>().Find(approved.Id)!.State);
        Assert.Empty(await bench.RowsAsync(dataSet));
        Assert.Throws<PlatformException>(() => corrections.HeldRun(dataSet));
        await corrections.UndoAsync(dataSet, await corrections.LastRunAsync(dataSet, Cancellation), Cancellation);
        Assert.Equal(3, (await bench.RowsAsync(dataSet)).Count);
    }

    [Fact]
    public async Task A_schedules_fire_ends_in_a_line_that_names_the_held_run()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Replace, HoldsFewRows);
        bench.Source.Greetings = 0;
        var held = await bench.Platform.RunAsync(dataSet);

        var outcome = await bench.Platform.Part<ScheduledRuns>().RunAsync(
            new Fire { ScheduleId = "s", DataSetId = dataSet.Id, At = bench.Clock.GetUtcNow(), LogId = "l" }, Cancellation);

        Assert.Equal((FireEnd.Held, null), (outcome.End, outcome.RunId));
        Assert.Contains(held.Id, outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_who_are_to_be_told_are_told_of_a_held_run()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Replace, HoldsFewRows);
        bench.Source.Greetings = 0;
        var held = await bench.Platform.RunAsync(dataSet);

        var happened = RunNotices.EventOf(held, null, dataSet, null)!;

        Assert.Equal((Happening.RunHeld, "The source delivered no rows.", held.Id), (happened.Happening, happened.Message, happened.Occasion));
        Assert.Contains("approve or reject", happened.WhoActs, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "SucceededWithWarnings")]
    [InlineData(false, "Cancelled")]
    public async Task A_decision_that_a_killed_process_did_not_record_is_found_in_the_DataSets_file(bool isApproved, string expected)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Replace, HoldsFewRows);
        bench.Source.Greetings = 0;
        var held = await bench.Platform.RunAsync(dataSet);
        using (var lease = await bench.Platform.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation))
        using (var writer = new DataSetWriter(lease.File, new WriterOptions
        {
            RunId = held.Id,
            Fence = bench.Platform.Part<DataSetConfigurationStore>().NextFence(dataSet.Id),
            UpdateMethod = held.UpdateMethod,
            Rules = held.Rules,
            Time = bench.Clock,
        }))
        {
            if (isApproved)
            {
                writer.Approve(held.Id);
            }
            else
            {
                writer.Reject(held.Id);
            }
        }

        bench.Platform.Part<RunStore>().BeginSettling(held.Id, "a process that is gone");
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(Cancellation);

        Assert.Equal(expected, bench.Platform.Part<RunStore>().Find(held.Id)!.State.ToString());
        Assert.Equal(RunState.Held, (await bench.Platform.RunAsync(dataSet)).State);
    }

    [Fact]
    public async Task Rejected_records_are_counted_and_warned_of()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append, new DataSetRules { MostQuarantined = 5 });
        await bench.Platform.CommitAsync(dataSet, DataSets.StoreFixture.Batch(new { Id = 1L, Text = true }));

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.SucceededWithWarnings, 3, 0), (run.State, run.Counts.RowsRejected, run.Counts.RowsWritten));
        Assert.Contains("3 records could not be stored and are in the DataSet's quarantine.", run.Warnings);
        Assert.Equal(3, bench.Platform.Part<RunStore>().Find(run.Id)!.Counts.RowsRejected);
        dataSet = bench.Platform.Part<DataSetEdit>().Save(dataSet with { Rules = new() }, ChangeOrigin.Page);
        var replay = await bench.Platform.Part<RunCorrections>().ReplayAsync(dataSet, Cancellation);
        Assert.Equal((RunTrigger.Replay, 3, 4), (replay.Trigger, replay.Counts.RowsWritten, (await bench.RowsAsync(dataSet)).Count));
    }
}
