namespace ConnectorPlatform.Host.Http;

/// <summary>Lets at most so many requests begin within any window of a budget; the others wait in their order.</summary>
internal sealed class RequestWindow(RateBudget budget, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Timestamps of the requests begun last, as many as the budget admits.</summary>
    private readonly Queue<long> _beginnings = new();

    /// <summary>Waits until a request may begin.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) => BeginAsync(() => Task.FromResult(true), cancellationToken);

    /// <summary>Waits until a request may begin and has been admitted; it counts from then on.</summary>
    /// <param name="admitAsync">What else it has to wait for; whoever comes later waits for it as well.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> BeginAsync<T>(Func<Task<T>> admitAsync, CancellationToken cancellationToken)
    {
        // Only the first in the queue waits for the clock, so that whoever leaves the queue leaves no gap.
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_beginnings.Count == budget.Requests && Remaining() is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }

            var admitted = await admitAsync().ConfigureAwait(false);
            if (_beginnings.Count == budget.Requests)
            {
                _beginnings.Dequeue();
            }

            _beginnings.Enqueue(time.GetTimestamp());
            return admitted;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>In whole milliseconds, as timers count them.</summary>
    private TimeSpan Remaining()
    {
        var remaining = TimeSpan.FromSeconds(budget.PerSeconds) - time.GetElapsedTime(_beginnings.Peek());
        return TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds));
    }
}
