using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Runs;

public sealed class RetryTests
{
    private static readonly RetryPolicy Twice = new(RetryPattern.Fixed, 2, TimeSpan.FromMinutes(5));

    [Theory]
    [InlineData(500, "Source", 3)]
    [InlineData(401, "Credentials", 1)]
    [InlineData(404, "Details", 1)]
    [InlineData(406, "Connector", 1)]
    public async Task Only_a_failure_that_may_heal_is_tried_again(int status, string kind, int attempts)
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = Refuse(status, int.MaxValue);

        var run = await bench.Platform.RunAsync(bench.AddDataSet(rules: new() { Retry = Twice }));

        Assert.Equal((RunState.Failed, kind, attempts), (run.State, run.Failure!.Kind.ToString(), run.Attempts));
        Assert.Equal(attempts, run.Counts.Requests);
        Assert.Equal(attempts - 1, run.Tries.Count);
    }

    [Theory]
    [InlineData("Never", 1)]
    [InlineData("Fixed", 3)]
    [InlineData("Exponential", 3)]
    public async Task A_policy_says_how_often_and_every_attempt_is_kept(string pattern, int attempts)
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = Refuse(500, int.MaxValue);
        var dataSet = bench.AddDataSet(rules: new() { Retry = Twice with { Pattern = Enum.Parse<RetryPattern>(pattern) } });

        await bench.Platform.RunAsync(dataSet);

        var run = bench.Platform.Part<RunStore>().Last(dataSet.Id)!;
        Assert.Equal(attempts, run.Attempts);
        Assert.Equal(Enumerable.Range(1, attempts - 1), run.Tries.Select(failed => failed.Number));
        Assert.All(run.Tries, failed =>
        {
            Assert.Contains("500", failed.Message, StringComparison.Ordinal);
            Assert.Equal(RunFailureKind.Source, failed.Kind);
            Assert.True(failed.NextAt > failed.EndedAt);
        });
        Assert.Null(run.WaitingFor);
    }

    [Fact]
    public async Task A_run_that_heals_has_succeeded_and_counts_what_all_attempts_cost()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Source.Instead = Refuse(500, 2);
        var dataSet = bench.AddDataSet(rules: new() { Retry = Twice });

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Succeeded, 3, 3L), (run.State, run.Attempts, run.Counts.Requests));
        Assert.Null(run.Failure);
        Assert.All(run.Tries, failed => Assert.Equal(bench.Clock.GetUtcNow().AddMinutes(5), failed.NextAt));
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task An_attempt_goes_on_where_the_last_one_committed_and_doubles_nothing(string method)
    {
        await using var bench = await GreetingBench.StartAsync();
        (bench.Source.Greetings, bench.Source.PageSize) = (20, 5);
        var failures = 2;
        bench.Source.Instead = context =>
        {
            var isThird = context.Request.Query["after"] == "10" && failures-- > 0;
            context.Response.StatusCode = isThird ? 500 : 200;
            return Task.FromResult(isThird);
        };
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method), new() { Retry = Twice });

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Succeeded, 3, 20L, 20L), (run.State, run.Attempts, run.Counts.RowsRead, run.Counts.RowsWritten));
        Assert.Equal(GreetingSource.Rows(20, "Hello"), await bench.RowsAsync(dataSet));
        var commits = await bench.Platform.ReadAsync(dataSet, reader => reader.Commits());
        Assert.All(commits, commit => Assert.Equal(run.Id, commit.RunId));
    }

    [Fact]
    public async Task A_source_that_asks_to_wait_longer_than_the_policy_is_waited_for()
    {
        await using var bench = await GreetingBench.StartAsync();
        var refuse = Refuse(429, 1);
        bench.Source.Instead = context =>
        {
            context.Response.Headers.RetryAfter = "1500";
            return refuse(context);
        };
        var dataSet = bench.AddDataSet(rules: new() { Retry = Twice with { Delay = TimeSpan.FromSeconds(1) } });

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(bench.Clock.GetUtcNow().AddSeconds(1500), Assert.Single(run.Tries).NextAt);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_next_attempt_says_so_holds_no_place_and_can_be_cancelled()
    {
        await using var bench = await GreetingBench.StartAsync();
        bench.Platform.Settings["Runs:MostAtOnce"] = "1";
        bench.Source.Instead = Refuse(500, 1);
        var dataSet = bench.AddDataSet(rules: new() { Retry = Twice with { Delay = ElapsingClock.Never } });
        using var cancel = new CancellationTokenSource();
        var waiting = bench.Platform.RunAsync(dataSet, cancel.Token);
        var store = bench.Platform.Part<RunStore>();
        using var patience = new CancellationTokenSource(RunningWatch.Patience);
        while (store.Last(dataSet.Id)?.Phase != RunPhase.Waiting)
        {
            await Task.Delay(1, patience.Token);
        }

        Assert.StartsWith("attempt 2 at 2026-10-30 13:00:00Z", store.Last(dataSet.Id)!.WaitingFor, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await bench.Platform.RunAsync(bench.AddDataSet())).State);
        await cancel.CancelAsync();
        Assert.Equal((RunState.Cancelled, 1), ((await waiting).State, (await waiting).Attempts));
    }

    [Fact]
    public async Task A_deadline_ends_the_run_in_words_and_what_was_committed_stays()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(rules: new() { Deadline = TimeSpan.FromMinutes(20), Retry = Twice });
        bench.Hold();

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Failed, 1), (run.State, run.Attempts));
        Assert.Equal("The run did not end within its deadline of 00:20:00. What it committed before stays.", run.Failure!.Message);
    }

    [Fact]
    public void Exponential_delays_double_with_jitter_up_to_the_cap()
    {
        var policy = new RetryPolicy(RetryPattern.Exponential, 40, TimeSpan.FromMinutes(1)) { Cap = TimeSpan.FromMinutes(10) };
        foreach (var attempt in Enumerable.Range(1, 40))
        {
            var delays = Enumerable.Range(0, 50).Select(seed => policy.DelayAfter(attempt, new Random(seed))!.Value).ToList();
            var full = TimeSpan.FromMinutes(Math.Min(Math.Pow(2, attempt - 1), 1e6));
            Assert.All(delays, delay => Assert.InRange(delay, Min(full / 2, policy.Cap), Min(full, policy.Cap)));
            Assert.True(attempt > 4 || delays.Distinct().Count() > 25, string.Create(CultureInfo.InvariantCulture, $"attempt {attempt}"));
        }

        Assert.Null(policy.DelayAfter(41, new Random(1)));
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static Func<HttpContext, Task<bool>> Refuse(int status, int times) => context =>
    {
        var refuses = times-- > 0;
        context.Response.StatusCode = refuses ? status : 200;
        return Task.FromResult(refuses);
    };
}
