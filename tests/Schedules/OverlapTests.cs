using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Schedules;

public sealed class OverlapTests : IAsyncDisposable
{
    private const int Fires = 1000;

    private readonly ScheduleBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("QueueOne", 2)]
    [InlineData("Skip", 1)]
    public async Task A_thousand_quick_fires_during_one_run_all_have_their_line(string policy, int runs)
    {
        var end = new TaskCompletionSource();
        _bench.Run = async (fire, _) =>
        {
            await end.Task;
            return FireOutcome.Ran("run", "Succeeded");
        };

        Begin(Enum.Parse<OverlapPolicy>(policy));
        end.SetResult();

        var lines = await _bench.LinesAsync();
        Assert.Equal(Fires, lines.Sum(line => line.Fires));
        Assert.Equal((runs, Fires - runs), (lines.Count(line => line.Outcome == FireEnd.Ran), lines.Count(line => line.Outcome == FireEnd.Overlap)));
        Assert.Equal(Enumerable.Range(0, runs), _bench.Fires.Select(fire => Number(fire.At)));
    }

    [Fact]
    public async Task A_later_fire_cancels_the_run_and_the_last_of_a_thousand_is_the_one_that_runs()
    {
        _bench.Run = async (fire, cancellation) =>
        {
            if (Number(fire.At) < Fires - 1)
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            return FireOutcome.Ran("run", "Succeeded");
        };

        Begin(OverlapPolicy.CancelRunning);

        var lines = await _bench.LinesAsync();
        Assert.Equal(Fires, lines.Count);
        Assert.Equal(Fires - 1, Number(Assert.Single(lines, line => line.Outcome == FireEnd.Ran).At));
        Assert.All(lines.Where(line => line.Outcome != FireEnd.Ran), line => Assert.Equal(FireEnd.Overlap, line.Outcome));
    }

    [Fact]
    public async Task Runs_that_make_up_for_missed_ones_follow_each_other_and_other_DataSets_do_not_wait()
    {
        _bench.AddDataSet("dataset-2");
        var end = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        _bench.Run = async (fire, _) =>
        {
            if (fire.DataSetId == "dataset-1")
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await end.Task;
                Interlocked.Decrement(ref running);
            }

            return FireOutcome.Ran("run", "Succeeded");
        };
        _bench.Add(Samples.Schedule("every 10 minutes", "behind") with { Missed = MissedPolicy.RunEach, MostMissed = 20, Overlap = OverlapPolicy.Skip });
        _bench.Add(Samples.Schedule("every 10 minutes", "other") with { DataSetId = "dataset-2" });
        _bench.Clock.Advance(TimeSpan.FromMinutes(205));

        _bench.Board.Reload(ScheduleBoard.HostDown);
        await ScheduleBench.UntilAsync(() => _bench.Fires.Any(fire => fire.DataSetId == "dataset-2"));
        end.SetResult();

        var lines = await _bench.LinesAsync();
        Assert.Equal((20, 1), (lines.Count(line => line is { ScheduleId: "behind", Outcome: FireEnd.Ran }), most));
    }

    [Fact]
    public async Task A_run_that_cannot_begin_is_told_and_the_next_fire_runs()
    {
        _bench.Run = (fire, _) => Number(fire.At) == 0 ? throw new InvalidOperationException("no such thing") : Task.FromResult(FireOutcome.NotRun(FireEnd.AccountTrouble, "Reconnect the account."));
        _bench.Lanes.Begin(Fire(0, OverlapPolicy.QueueOne));
        await _bench.LinesAsync();
        _bench.Lanes.Begin(Fire(1, OverlapPolicy.QueueOne));

        Assert.Equal(
            [(FireEnd.Refused, "The run could not begin: no such thing"), (FireEnd.AccountTrouble, "Reconnect the account.")],
            (await _bench.LinesAsync()).Select(line => (line.Outcome, line.Message)));
    }

    [Fact]
    public async Task A_host_that_stops_cancels_its_runs_and_tells_of_those_that_waited()
    {
        _bench.Run = async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return FireOutcome.Ran("run", "never");
        };
        _bench.Lanes.Begin(Fire(0, OverlapPolicy.QueueOne));
        _bench.Lanes.Begin(Fire(1, OverlapPolicy.QueueOne));

        await _bench.Lanes.StopAsync();
        _bench.Lanes.Begin(Fire(2, OverlapPolicy.QueueOne));

        Assert.Equal([FireEnd.Interrupted, FireEnd.Interrupted, FireEnd.Interrupted], (await _bench.LinesAsync()).Select(line => line.Outcome));
    }

    private void Begin(OverlapPolicy policy)
    {
        for (var number = 0; number < Fires; number++)
        {
            _bench.Lanes.Begin(Fire(number, policy));
        }
    }

    private static Fire Fire(int number, OverlapPolicy policy) => new()
    {
        ScheduleId = "schedule-1",
        DataSetId = "dataset-1",
        At = Samples.Now.AddSeconds(number),
        Overlap = policy,
        LogId = Identifier.New(),
    };

    private static int Number(DateTimeOffset at) => (int)(at - Samples.Now).TotalSeconds;
}
