using System.Net;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class AccountLimitsTests
{
    private static readonly RateBudget TwoInTenSeconds = new(2, 10);

    [Fact]
    public async Task Two_clients_of_one_account_share_its_budget()
    {
        await using var bench = await ClientBench.StartAsync();
        var policy = bench.Policy with { RateBudget = TwoInTenSeconds };
        using var first = bench.Open(policy);
        using var second = bench.Open(policy);
        var start = bench.Clock.GetUtcNow();

        await first.GetAsync("1", ClientBench.Cancellation);
        bench.Clock.Advance(TimeSpan.FromSeconds(4));
        await second.GetAsync("2", ClientBench.Cancellation);
        await bench.Clock.RunAsync(second.GetAsync("3", ClientBench.Cancellation));
        var third = bench.Clock.GetUtcNow() - start;
        await bench.Clock.RunAsync(first.GetAsync("4", ClientBench.Cancellation));
        var fourth = bench.Clock.GetUtcNow() - start;

        Assert.Equal(TimeSpan.FromSeconds(10), third);
        Assert.Equal(TimeSpan.FromSeconds(14), fourth);
        Assert.Equal(TimeSpan.FromSeconds(6 + 4), bench.Usage.Snapshot().WaitedForLimits);
    }

    [Fact]
    public async Task Another_account_does_not_wait()
    {
        await using var bench = await ClientBench.StartAsync();
        var policy = bench.Policy with { RateBudget = TwoInTenSeconds };
        var start = bench.Clock.GetUtcNow();

        foreach (var account in (string[])["a", "a", "b", "b"])
        {
            await bench.Clock.RunAsync(bench.Open(policy, account).GetAsync("things", ClientBench.Cancellation));
        }

        Assert.Equal(start, bench.Clock.GetUtcNow());
        Assert.Equal(4, bench.Source.Requests.Count);
    }

    [Fact]
    public async Task Retries_are_paid_from_the_budget_and_waiting_for_it_does_not_spend_the_deadline()
    {
        var limits = new HttpLimits { AttemptTimeout = TimeSpan.FromHours(1), TotalDeadline = TimeSpan.FromSeconds(30) };
        await using var bench = await ClientBench.StartAsync(ClientBench.Answers(503, 503, 503), limits);
        var policy = bench.Policy with { RateBudget = new RateBudget(1, 100) };
        var start = bench.Clock.GetUtcNow();

        var response = await bench.Clock.RunAsync(bench.Open(policy).GetAsync("things", ClientBench.Cancellation));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(300), bench.Clock.GetUtcNow() - start);
    }

    [Fact]
    public async Task No_window_sees_more_than_the_budget_whatever_the_order()
    {
        var clock = new WaitingClock();
        using var gate = new AccountGate(maxConcurrency: 7, new RateBudget(3, 5), clock);
        using var begun = new SemaphoreSlim(0);
        var beginnings = new List<DateTimeOffset>();
        var requests = Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var slot = await gate.EnterAsync(ClientBench.Cancellation);
            lock (beginnings)
            {
                beginnings.Add(clock.GetUtcNow());
            }

            begun.Release();
        }));

        // The clock stands until all that may begin have read it: read later, it would tell a later beginning.
        for (var next = 0; next < 20; next++)
        {
            if (next > 0 && next % 3 == 0)
            {
                await clock.NextDelayAsync();
                clock.Advance(TimeSpan.FromSeconds(5));
            }

            Assert.True(await begun.WaitAsync(WaitingClock.Patience, ClientBench.Cancellation));
        }

        await requests;
        Assert.Equal(20, beginnings.Count);
        Assert.All(beginnings.Zip(beginnings.Skip(3)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(30), beginnings[^1] - beginnings[0]);
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_budget_returns_at_once_and_gives_its_turn_back()
    {
        var clock = new WaitingClock();
        using var gate = new AccountGate(maxConcurrency: 2, new RateBudget(1, 10), clock);
        using var cancelled = new CancellationTokenSource();
        (await gate.EnterAsync(ClientBench.Cancellation)).Dispose();
        var start = clock.GetUtcNow();
        var leaving = gate.EnterAsync(cancelled.Token);
        var staying = gate.EnterAsync(ClientBench.Cancellation);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        using var slot = await clock.RunAsync(staying);
        Assert.Equal(TimeSpan.FromSeconds(10), clock.GetUtcNow() - start);
        using var other = await clock.RunAsync(gate.EnterAsync(ClientBench.Cancellation));
        Assert.Equal(TimeSpan.FromSeconds(20), clock.GetUtcNow() - start);
    }

    [Fact]
    public async Task A_cancelled_wait_for_concurrency_takes_no_slot()
    {
        using var gate = new AccountGate(maxConcurrency: 1, budget: null, TimeProvider.System);
        using var cancelled = new CancellationTokenSource();
        var working = await gate.EnterAsync(ClientBench.Cancellation);
        var leaving = gate.EnterAsync(cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        var next = gate.EnterAsync(ClientBench.Cancellation);
        Assert.False(next.IsCompleted);

        working.Dispose();

        (await next).Dispose();
    }

    [Fact]
    public async Task A_slot_is_held_until_the_body_has_been_read()
    {
        var inside = 0;
        var most = 0;
        var partners = new Partners();
        await using var bench = await ClientBench.StartAsync(async context =>
        {
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await partners.MeetAsync();

            // Gives a third request, were it let through, the time to arrive.
            for (var turn = 0; turn < 500; turn++)
            {
                await Task.Yield();
            }

            await context.Response.WriteAsync("begin", ClientBench.Cancellation);
            await context.Response.Body.FlushAsync(ClientBench.Cancellation);
            Interlocked.Decrement(ref inside);
            await context.Response.WriteAsync("end", ClientBench.Cancellation);
        });
        var policy = bench.Policy with { MaxConcurrency = 2 };

        await Task.WhenAll(Enumerable.Range(0, 40).Select(
            i => bench.Open(policy).GetAsync($"{i}", HttpCompletionOption.ResponseHeadersRead, ClientBench.Cancellation)));

        Assert.Equal(40, bench.Source.Requests.Count);
        Assert.Equal(2, most);
    }

    /// <summary>Holds each request until another is there too, so that two are seen at once on any machine.</summary>
    private sealed class Partners
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource? _alone;

        public Task MeetAsync()
        {
            lock (_lock)
            {
                var meeting = _alone ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _alone = _alone is null ? meeting : null;
                if (_alone is null)
                {
                    meeting.SetResult();
                }

                return meeting.Task.WaitAsync(WaitingClock.Patience, ClientBench.Cancellation);
            }
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
