using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>What another process sees of runs that go on, and of when they did what.</summary>
public sealed class LiveRunsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_goes_on_tells_once_a_second_how_far_it_is()
    {
        await using var bench = await GreetingBench.StartAsync();
        (bench.Source.Greetings, bench.Source.PageSize) = (20, 5);
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Source.Instead = async context =>
        {
            if (context.Request.Query["after"] == "10")
            {
                held.TrySetResult();
                await release.Task.WaitAsync(context.RequestAborted);
            }

            return false;
        };
        using var running = bench.Program().Start("dataset", "run", dataSet.Id);
        await held.Task.WaitAsync(Cancellation);
        var record = await bench.Platform.UntilAsync(dataSet, run => run.Counts.RowsRead == 10);

        Assert.Equal((RunState.Running, RunPhase.Reading, 2L), (record.State, record.Phase, record.Counts.Requests));
        Assert.Equal([RunPhase.Preparing, RunPhase.Reading], record.Phases.Select(phase => phase.Phase));
        var seen = (await bench.Program().RunAsync("runs", "--json")).Ended(0).Json[0];
        Assert.Equal(("Running", "Reading", 10, dataSet.Name), (seen.GetProperty("state").GetString(), seen.GetProperty("phase").GetString(), seen.GetProperty("rowsRead").GetInt32(), seen.GetProperty("dataSet").GetString()));

        using var watching = bench.Program().Start("runs", "--watch");
        Assert.Contains("Running  Reading, attempt 1  10 read", await watching.StandardOutput.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        release.SetResult();
        (await HostProgram.EndAsync(running)).Ended(0);
        string? line;
        do
        {
            line = await watching.StandardOutput.ReadLineAsync(Cancellation);
        }
        while (line?.Contains("Running", StringComparison.Ordinal) == true);

        Assert.Contains("Succeeded  20 read, 20 written, 4 requests", line, StringComparison.Ordinal);
        (await watching.SignalAsync("INT")).Result.Ended(0);
    }

    [Fact]
    public async Task A_run_that_is_over_within_a_second_writes_nothing_on_its_way_and_a_late_word_changes_no_end()
    {
        await using var bench = await GreetingBench.StartAsync();
        var clock = new FakeTimeProvider();
        using var live = new LiveRuns(bench.Platform.Part<RunStore>(), clock);
        var dataSet = bench.AddDataSet();
        var run = bench.Platform.AddRun(dataSet);
        var now = run with { Counts = new RunCounts { RowsRead = 7 }, Phases = [new PhaseStart(1, RunPhase.Reading, run.StartedAt)] };
        clock.Advance(TimeSpan.FromMilliseconds(500));
        using (live.Follow(() => now))
        {
            clock.Advance(TimeSpan.FromMilliseconds(999));
            Assert.Equal(0, bench.Platform.Part<RunStore>().Find(run.Id)!.Counts.RowsRead);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(7, bench.Platform.Part<RunStore>().Find(run.Id)!.Counts.RowsRead);
            bench.Platform.Part<RunStore>().Update(run with { State = RunState.Succeeded, Phase = RunPhase.Ended, Counts = new RunCounts { RowsRead = 9 } });
            now = now with { Counts = new RunCounts { RowsRead = 8 } };
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((RunState.Succeeded, 9L), (bench.Platform.Part<RunStore>().Find(run.Id)!.State, bench.Platform.Part<RunStore>().Find(run.Id)!.Counts.RowsRead));
    }

    [Fact]
    public async Task Each_attempt_keeps_when_its_phases_began_and_ended()
    {
        await using var bench = await GreetingBench.StartAsync();
        var refusals = 1;
        bench.Source.Instead = context =>
        {
            context.Response.StatusCode = refusals > 0 ? 500 : 200;
            return Task.FromResult(refusals-- > 0);
        };
        var dataSet = bench.AddDataSet(rules: new() { Retry = new RetryPolicy(RetryPattern.Fixed, 1, TimeSpan.FromMinutes(1)) });

        await bench.Platform.RunAsync(dataSet);

        var run = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        var phases = PhaseTime.Of(run);
        Assert.Equal(
            [(1, RunPhase.Preparing), (1, RunPhase.Reading), (1, RunPhase.Waiting), (2, RunPhase.Preparing), (2, RunPhase.Reading), (2, RunPhase.Committing)],
            phases.Select(phase => (phase.Attempt, phase.Phase)));
        Assert.All(phases.Zip(phases.Skip(1)), pair => Assert.Equal(pair.First.EndedAt, pair.Second.BeganAt));
        Assert.Equal((run.StartedAt, run.EndedAt), (phases[0].BeganAt, phases[^1].EndedAt));
    }

    [Fact]
    public async Task The_time_in_the_queue_is_a_phase_and_runs_says_for_what_one_waits()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = bench.Platform.RunAsync(dataSet);
        await arrived.Task.WaitAsync(Cancellation);
        var second = bench.Platform.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Overlap.QueueOne, Cancellation);

        var shown = (await bench.Program().RunAsync("runs", "--limit", "0")).Ended(0).Output;
        release.SetResult();
        await Task.WhenAll(first, second);

        Assert.Contains("Running: 1, waiting for their turn: 1.", shown, StringComparison.Ordinal);
        Assert.Contains("waits for the end of the run that is going on", shown, StringComparison.Ordinal);
        Assert.Equal([RunPhase.Waiting, RunPhase.Preparing, RunPhase.Reading, RunPhase.Committing], (await second).Phases.Select(phase => phase.Phase));
        var log = (await bench.Program().RunAsync("runs", "log", dataSet.Name)).Ended(0).Output;
        Assert.Contains("info   Committed: 3 rows written", log, StringComparison.Ordinal);
        var one = (await bench.Program().RunAsync("runs", "show", (await second).Id, "--json")).Ended(0).Json;
        Assert.Equal("Waiting", one.GetProperty("phases")[0].GetProperty("phase").GetString());
        Assert.Contains("There is no run \"nobody\"", (await bench.Program().RunAsync("runs", "log", "nobody")).Ended(2).Error, StringComparison.Ordinal);
    }
}
