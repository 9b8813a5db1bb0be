using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>A backfill's own budget, kept for all of its slices: at most so many of its requests begin within any window.</summary>
internal sealed class BackfillBudget(RateBudget? budget, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Queue<long> _beginnings = new();

    /// <summary>Puts the budget before an account's gate.</summary>
    public IRequestGate Before(IRequestGate account) => budget is null ? account : new Gate(this, budget, account);

    public void Dispose() => _turn.Dispose();

    // One after the other, and counted when the account has admitted it: a request that waits for the account keeps none of the
    // account's places meanwhile, and a burst that the account held back is no burst afterwards either.
    private async Task<IDisposable> EnterAsync(RateBudget limit, IRequestGate account, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_beginnings.Count == limit.Requests && Remaining(limit) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }

            var slot = await account.EnterAsync(cancellationToken).ConfigureAwait(false);
            if (_beginnings.Count == limit.Requests)
            {
                _beginnings.Dequeue();
            }

            _beginnings.Enqueue(time.GetTimestamp());
            return slot;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>In whole milliseconds, as timers count them.</summary>
    private TimeSpan Remaining(RateBudget limit)
    {
        var remaining = TimeSpan.FromSeconds(limit.PerSeconds) - time.GetElapsedTime(_beginnings.Peek());
        return TimeSpan.FromMilliseconds(Math.Ceiling(remaining.TotalMilliseconds));
    }

    private sealed class Gate(BackfillBudget own, RateBudget limit, IRequestGate account) : IRequestGate
    {
        public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => own.EnterAsync(limit, account, cancellationToken);
    }
}
