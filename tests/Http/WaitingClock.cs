using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Http;

/// <summary>A clock that stands still until the code waits for it, and then goes straight to the end of that wait.</summary>
internal sealed class WaitingClock() : FakeTimeProvider(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero))
{
    /// <summary>Tells delays, which are waited for, from time-outs, which only guard. Tests keep their time-outs longer.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(30);

    /// <summary>Real time after which a test that waits for something is taken for failed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<Timer, DateTimeOffset> _due = [];
    private TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<T> RunAsync<T>(Task<T> work)
    {
        while (await Task.WhenAny(work, NextDelayAsync()) is var first && first != work)
        {
            await first;
            if (Earliest() is { } due)
            {
                SetUtcNow(due);
            }
        }

        return await work;
    }

    /// <summary>Completes when some code waits for this clock.</summary>
    public async Task NextDelayAsync()
    {
        Task waiting;
        lock (_lock)
        {
            if (Earliest() is not null)
            {
                return;
            }

            if (_waiting.Task.IsCompleted)
            {
                _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            waiting = _waiting.Task;
        }

        await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        timer.Note(dueTime);
        return timer;
    }

    private DateTimeOffset? Earliest()
    {
        lock (_lock)
        {
            var now = GetUtcNow();
            return _due.Values.Where(due => due > now && due - now <= LongestDelay).Order().Cast<DateTimeOffset?>().FirstOrDefault();
        }
    }

    private sealed class Timer(WaitingClock clock, ITimer inner) : ITimer
    {
        public void Note(TimeSpan dueTime)
        {
            lock (clock._lock)
            {
                clock._due[this] = dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : clock.GetUtcNow() + dueTime;
                if (dueTime > TimeSpan.Zero && dueTime <= LongestDelay)
                {
                    clock._waiting.TrySetResult();
                }
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Note(dueTime);
            return inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._due.Remove(this);
            }

            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
