namespace ConnectorPlatform.Host.Http;

/// <summary>Admits the requests of one account: so many at once, and so many begun within any window of the budget.</summary>
internal sealed class AccountGate(int maxConcurrency, RateBudget? budget, TimeProvider time) : IRequestGate, IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Timestamps of the requests begun last, as many as the budget admits.</summary>
    private readonly Queue<long> _beginnings = new();

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (budget is not null)
            {
                await BeginAsync(budget, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            _slots.Release();
            throw;
        }

        return new Slot(_slots);
    }

    public void Dispose()
    {
        _slots.Dispose();
        _turn.Dispose();
    }

    private async Task BeginAsync(RateBudget budget, CancellationToken cancellationToken)
    {
        // Only the first in the queue waits for the clock, so that whoever leaves the queue leaves no gap.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_beginnings.Count == budget.Requests && Remaining(budget) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }

            if (_beginnings.Count == budget.Requests)
            {
                _beginnings.Dequeue();
            }

            _beginnings.Enqueue(time.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>In whole milliseconds, as timers count them.</summary>
    private TimeSpan Remaining(RateBudget budget)
    {
        var remaining = TimeSpan.FromSeconds(budget.PerSeconds) - time.GetElapsedTime(_beginnings.Peek());
        return TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds));
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        private SemaphoreSlim? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Release();
    }
}
