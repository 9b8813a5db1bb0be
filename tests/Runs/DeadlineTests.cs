using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A deadline is one for all attempts of a run, and for nothing else.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 10, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly RetryPolicy EveryFiveMinutes = new(RetryPattern.Fixed, 10, TimeSpan.FromMinutes(5));
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(12);

    private readonly FakeTimeProvider _clock = new(Noon);
    private GreetingSource _source = null!;
    private TestPlatform _platform = null!;

    private RunStore Runs => _platform.Part<RunStore>();

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _platform = new TestPlatform
        {
            Time = _clock,
            Settings = { ["Connectors:hello:BaseAddress"] = _source.Address.ToString(), ["Runs:MostAtOnce"] = "1" },
            Replace = services => services
                .AddSingleton(new HttpLimits { AttemptTimeout = ElapsingClock.Never, TotalDeadline = ElapsingClock.Never })
                .AddSingleton(new PipelineOptions { Time = _clock, CommitRows = 1, StopWithin = ElapsingClock.Never }),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task It_ends_the_wait_for_the_next_attempt()
    {
        _source.Instead = context =>
        {
            context.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        var dataSet = Add(EveryFiveMinutes, Deadline);
        var run = _platform.RunAsync(dataSet);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await UntilAsync(() => Runs.Last(dataSet.Id) is { Phase: RunPhase.Waiting } waiting && waiting.Tries.Count == attempt);
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        await UntilAsync(() => Runs.Last(dataSet.Id) is { Phase: RunPhase.Waiting, Tries.Count: 3 });
        _clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        Assert.False(run.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        var ended = await run.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        Assert.Equal((RunState.Failed, RunFailureKind.Details, 3, 3), (ended.State, ended.Failure!.Kind, ended.Attempts, ended.Tries.Count));
        Assert.Contains("deadline of 00:12:00", ended.Failure.Message, StringComparison.Ordinal);
        Assert.Equal([0, 5, 10], ended.Tries.Select(failed => (failed.EndedAt - Noon).TotalMinutes));
        Assert.Equal((Noon + Deadline, RunPhase.Ended), (ended.EndedAt, ended.Phase));
        Assert.Equal(RunState.Failed, Runs.Last(dataSet.Id)!.State);
    }

    [Fact]
    public async Task It_ends_an_attempt_that_hangs_and_what_was_committed_before_stays()
    {
        (_source.Greetings, _source.PageSize) = (20, 5);
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fails = true;
        _source.Instead = async context =>
        {
            if (context.Request.Query["after"] != "10")
            {
                return false;
            }

            if (fails)
            {
                (fails, context.Response.StatusCode) = (false, 500);
                return true;
            }

            hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };
        var dataSet = Add(EveryFiveMinutes, Deadline, UpdateMethod.Append);
        var run = _platform.RunAsync(dataSet);
        await UntilAsync(() => Runs.Last(dataSet.Id) is { Phase: RunPhase.Waiting });
        _clock.Advance(TimeSpan.FromMinutes(5));
        await hanging.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        _clock.Advance(TimeSpan.FromMinutes(7));

        var ended = await run.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        Assert.Equal((RunState.Failed, 2, 1), (ended.State, ended.Attempts, ended.Tries.Count));
        Assert.Contains("deadline of 00:12:00", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(GreetingSource.Rows(10, "Hello"), await _platform.ReadAsync(dataSet, StoredText.Rows));
    }

    [Fact]
    public async Task It_counts_from_the_runs_beginning_and_not_from_when_it_was_asked_for()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Instead = async context =>
        {
            arrived.TrySetResult();
            await release.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        var slow = _platform.RunAsync(Add(RetryPolicy.None, null));
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        var deadline = TimeSpan.FromMinutes(2);
        var waiting = _platform.RunAsync(Add(RetryPolicy.None, deadline));
        _clock.Advance(2 * deadline);
        release.SetResult();

        Assert.All(await Task.WhenAll(slow, waiting).WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation), run => Assert.Equal(RunState.Succeeded, run.State));
    }

    [Fact]
    public async Task A_run_that_waits_for_a_place_can_be_cancelled_and_leaves_the_place_to_others()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Instead = async context =>
        {
            arrived.TrySetResult();
            await release.Task.WaitAsync(context.RequestAborted);
            return false;
        };
        var slow = _platform.RunAsync(Add(RetryPolicy.None, null));
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        using var cancel = new CancellationTokenSource();
        var dataSet = Add(RetryPolicy.None, null);
        var waiting = _platform.RunAsync(dataSet, cancel.Token);
        Assert.Equal(RunState.Queued, Runs.Last(dataSet.Id)!.State);
        await cancel.CancelAsync();

        Assert.Equal(RunState.Cancelled, (await waiting.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation)).State);
        Assert.Equal(RunState.Cancelled, Runs.Last(dataSet.Id)!.State);
        var next = _platform.RunAsync(dataSet);
        release.SetResult();
        Assert.All(await Task.WhenAll(slow, next).WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation), run => Assert.Equal(RunState.Succeeded, run.State));
    }

    private DataSetConfiguration Add(RetryPolicy retry, TimeSpan? deadline, UpdateMethod method = UpdateMethod.Replace) =>
        _platform.AddDataSet("hello", method, _platform.AddAccount("hello"), rules: new() { Retry = retry, Deadline = deadline });

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(RunningWatch.Patience);
        while (!isSo())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
