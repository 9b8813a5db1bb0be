using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;
using CsCheck;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Every kind of failure under every policy, by hand and by schedule.</summary>
public sealed class RetryLawTests
{
    private const int Times = 4;

    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Cap = TimeSpan.FromMinutes(5);

    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, bool>();
            foreach (var kind in Enum.GetNames<RunFailureKind>())
            {
                foreach (var pattern in Enum.GetNames<RetryPattern>())
                {
                    cases.Add(kind, pattern, false);
                    cases.Add(kind, pattern, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_failure_is_tried_again_as_the_policy_says_when_the_source_is_the_cause_and_not_at_all_otherwise(string kind, string patternName, bool isScheduled)
    {
        await using var bench = await GreetingBench.StartAsync();
        var pattern = Enum.Parse<RetryPattern>(patternName);
        var dataSet = bench.AddDataSet(rules: new() { Retry = new(pattern, Times, Delay) { Cap = Cap } });
        LetFail(bench, dataSet, Enum.Parse<RunFailureKind>(kind));

        var run = await RunAsync(bench, dataSet, isScheduled);

        var attempts = kind == nameof(RunFailureKind.Source) && pattern != RetryPattern.Never ? Times + 1 : 1;
        Assert.Equal((RunState.Failed, RunPhase.Ended, kind, attempts), (run.State, run.Phase, run.Failure!.Kind.ToString(), run.Attempts));
        Assert.Equal(isScheduled ? RunTrigger.Schedule : RunTrigger.Manual, run.Trigger);
        Assert.Equal(Enumerable.Range(1, attempts - 1), run.Tries.Select(failed => failed.Number));
        foreach (var failed in run.Tries)
        {
            Assert.Equal((RunFailureKind.Source, run.Failure.Message), (failed.Kind, failed.Message));
            var full = Delay * Math.Pow(2, pattern == RetryPattern.Exponential ? failed.Number - 1 : 0);
            Assert.InRange(failed.NextAt - failed.EndedAt, Min(pattern == RetryPattern.Exponential ? full / 2 : full, Cap), Min(full, Cap));
        }

        var waited = TimeSpan.FromTicks(run.Tries.Sum(failed => (failed.NextAt - failed.EndedAt).Ticks));
        Assert.True(bench.Clock.Waited >= waited, $"It waited {bench.Clock.Waited}, and its attempts say {waited}.");
        Assert.Equal(attempts - 1, (await File.ReadAllLinesAsync(bench.Platform.Part<RunEngine>().LogOf(run.Id), TestPlatform.Cancellation)).Count(line => line.Contains(" follows at ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Fixed", 1_500, 60, 1_500)]
    [InlineData("Fixed", 1_500, 1_700, 1_700)]
    [InlineData("Exponential", 1_500, 60, 1_500)]
    [InlineData("Never", 1_500, 60, null)]
    public async Task When_the_source_says_when_it_can_be_asked_again_the_later_time_counts(string pattern, int asked, int delay, int? expected)
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = Refuse(429, 1, asked);
        var policy = new RetryPolicy(Enum.Parse<RetryPattern>(pattern), 1, TimeSpan.FromSeconds(delay));

        var run = await bench.Platform.RunAsync(bench.AddDataSet(rules: new() { Retry = policy }));

        Assert.Equal((expected is null ? RunState.Failed : RunState.Succeeded, expected is null ? 1 : 2), (run.State, run.Attempts));
        Assert.Equal(expected is { } seconds ? [bench.Clock.GetUtcNow().AddSeconds(seconds)] : [], run.Tries.Select(failed => failed.NextAt));
    }

    [Fact]
    public async Task A_source_that_asks_to_be_left_alone_for_longer_than_any_timer_runs_gets_the_longest_wait()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = Refuse(429, 1, int.MaxValue);
        using var cancel = new CancellationTokenSource();
        var dataSet = bench.AddDataSet(rules: new() { Retry = new(RetryPattern.Fixed, 1, Delay) });
        var run = bench.Platform.RunAsync(dataSet, cancel.Token);

        await UntilWaitingAsync(bench, dataSet, run);
        await cancel.CancelAsync();

        Assert.Equal(RunState.Cancelled, (await run).State);
        Assert.Equal(bench.Clock.GetUtcNow() + RetryPolicy.LongestWait, Assert.Single((await run).Tries).NextAt);
    }

    [Fact]
    public void A_policy_gives_as_many_delays_as_it_says_each_within_its_bounds() =>
        Gen.Select(Gen.Enum<RetryPattern>(), Gen.Int[0, 100], Gen.Long[0, TimeSpan.FromDays(40).Ticks], Gen.Long[0, TimeSpan.FromDays(40).Ticks], Gen.Int).Sample(
            (pattern, times, delay, cap, seed) =>
            {
                var policy = new RetryPolicy(pattern, times, TimeSpan.FromTicks(delay)) { Cap = TimeSpan.FromTicks(cap) };
                var random = new Random(seed);
                var delays = Enumerable.Range(1, 102).Select(attempt => policy.DelayAfter(attempt, random)).ToList();

                var given = pattern == RetryPattern.Never ? 0 : times;
                Assert.All(delays.Take(given), actual => Assert.True(actual.HasValue));
                Assert.All(delays.Skip(given), actual => Assert.False(actual.HasValue));
                foreach (var (index, actual) in delays.Take(given).Index())
                {
                    var full = pattern == RetryPattern.Fixed ? delay : delay * Math.Pow(2, index);
                    Assert.InRange((double)actual!.Value.Ticks, Math.Min(pattern == RetryPattern.Fixed ? full : Math.Floor(full / 2), cap), Math.Min(full, cap));
                }
            },
            iter: 2_000);

    private static void LetFail(GreetingBench bench, DataSetConfiguration dataSet, RunFailureKind kind)
    {
        if (kind == RunFailureKind.Platform)
        {
            File.WriteAllText(bench.Platform.Part<DataSetFiles>().PathOf(dataSet.Id), "no database");
            return;
        }

        bench.Source.Instead = Refuse(
            kind switch
            {
                RunFailureKind.Source => 500,
                RunFailureKind.Credentials => 401,
                RunFailureKind.Details => 404,
                _ => 406,
            },
            int.MaxValue);
    }

    private static async Task<RunRecord> RunAsync(GreetingBench bench, DataSetConfiguration dataSet, bool isScheduled)
    {
        if (isScheduled)
        {
            var fire = new Fire { ScheduleId = "schedule", DataSetId = dataSet.Id, At = bench.Clock.GetUtcNow(), LogId = "line" };
            Assert.Equal(FireEnd.Ran, (await bench.Platform.Part<ScheduledRuns>().RunAsync(fire, TestPlatform.Cancellation)).End);
        }
        else
        {
            await bench.Platform.RunAsync(dataSet);
        }

        return Assert.Single(bench.Platform.Part<RunStore>().Of(dataSet.Id, 10));
    }

    private static async Task UntilWaitingAsync(GreetingBench bench, DataSetConfiguration dataSet, Task run)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (bench.Platform.Part<RunStore>().Last(dataSet.Id)?.Phase != RunPhase.Waiting)
        {
            Assert.False(run.IsCompleted, $"It did not wait: {run.Exception?.InnerException?.Message}");
            await Task.Delay(1, patience.Token);
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static Func<HttpContext, Task<bool>> Refuse(int status, int times, int? retryAfter = null) => context =>
    {
        var refuses = times-- > 0;
        context.Response.StatusCode = refuses ? status : 200;
        if (refuses && retryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return Task.FromResult(refuses);
    };
}
