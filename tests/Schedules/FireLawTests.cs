using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>Fires of one DataSet through the lanes and the engine as they are put together: each has its end, whatever goes on meanwhile.</summary>
public sealed class FireLawTests
{
    private const int Fires = 1_000;

    [Theory]
    [InlineData("Skip", 0)]
    [InlineData("QueueOne", 2)]
    public async Task A_thousand_fires_during_a_run_by_hand_end_in_the_runs_of_the_policy_and_every_other_one_has_its_line(string policy, int runs)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var byHand = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        await using var watch = new RunningWatch(bench.Platform);

        Begin(bench, dataSet, Enum.Parse<OverlapPolicy>(policy));
        if (runs == 0)
        {
            // A skipped fire is over only when the engine has refused it.
            await LinesAsync(bench);
        }

        release.SetResult();

        var lines = await LinesAsync(bench);
        Assert.Equal(RunState.Succeeded, (await byHand.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation)).State);
        AddUp(bench, dataSet, lines);
        Assert.Equal((runs, Fires - runs), (lines.Count(line => line.Outcome == FireEnd.Ran), lines.Count(line => line.Outcome == FireEnd.Overlap)));
    }

    [Theory]
    [InlineData("Skip")]
    [InlineData("QueueOne")]
    [InlineData("CancelRunning")]
    public async Task A_thousand_quick_fires_all_end_and_what_the_last_one_began_is_whole(string policy)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        await using var watch = new RunningWatch(bench.Platform);

        Begin(bench, dataSet, Enum.Parse<OverlapPolicy>(policy));

        var lines = await LinesAsync(bench);
        AddUp(bench, dataSet, lines);
        var runs = bench.Platform.Part<RunStore>().Of(dataSet.Id, Fires + 1);
        Assert.Equal(RunState.Succeeded, runs[0].State);
        Assert.Equal(runs[0].Id, lines.Last(line => line.Outcome == FireEnd.Ran).RunId);
        Assert.True(policy != "CancelRunning" || lines[^1].RunId == runs[0].Id, "The last fire of all has the last word.");
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    [Fact]
    public async Task A_fire_that_cancels_a_run_by_hand_takes_its_place()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, _) = bench.Hold();
        var byHand = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);

        Begin(bench, dataSet, OverlapPolicy.CancelRunning);

        var lines = await LinesAsync(bench);
        AddUp(bench, dataSet, lines);
        Assert.Equal(RunState.Cancelled, (await byHand.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation)).State);
        Assert.Equal((FireEnd.Ran, "Succeeded."), (lines[^1].Outcome, lines[^1].Message));
    }

    private static void Begin(GreetingBench bench, DataSetConfiguration dataSet, OverlapPolicy policy)
    {
        for (var number = 0; number < Fires; number++)
        {
            bench.Platform.Part<FireLanes>().Begin(new Fire
            {
                ScheduleId = "schedule-1",
                DataSetId = dataSet.Id,
                At = Samples.Now.AddSeconds(number),
                Overlap = policy,
                LogId = Identifier.New(),
            });
        }
    }

    /// <summary>Every fire has one line, and every run of the schedule stands in one of them.</summary>
    private static void AddUp(GreetingBench bench, DataSetConfiguration dataSet, IReadOnlyList<ScheduleLine> lines)
    {
        Assert.Equal(Enumerable.Range(0, Fires).Select(number => Samples.Now.AddSeconds(number)), lines.Select(line => line.At));
        Assert.All(lines, line =>
        {
            Assert.True(line.Outcome is FireEnd.Ran or FireEnd.Overlap, $"{line.Outcome}: {line.Message}");
            Assert.Equal(line.Outcome == FireEnd.Ran, line.RunId is not null);
            Assert.NotEmpty(line.Message);
        });
        var runs = bench.Platform.Part<RunStore>().Of(dataSet.Id, Fires + 1);
        Assert.All(runs, run => Assert.True(run.IsEnded));
        Assert.Equal(runs.Where(run => run.Trigger == RunTrigger.Schedule).Select(run => run.Id).Order(), lines.Select(line => line.RunId).OfType<string>().Order());
    }

    private static async Task<IReadOnlyList<ScheduleLine>> LinesAsync(GreetingBench bench)
    {
        var log = bench.Platform.Part<ScheduleLog>();
        using var patience = new CancellationTokenSource(RunningWatch.Patience);
        while (true)
        {
            log.Flush();
            var lines = log.Read(null, 2 * Fires);
            if (lines.All(line => line.Outcome is not (FireEnd.Started or FireEnd.Waiting)))
            {
                return [.. lines.OrderBy(line => line.At)];
            }

            await Task.Delay(10, patience.Token);
        }
    }
}
