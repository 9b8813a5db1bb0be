namespace ConnectorPlatform.Host.Http;

/// <summary>Admits the requests of one account: so many at once, and so many begun within any window of the budget.</summary>
internal sealed class AccountGate(int maxConcurrency, RateBudget? budget, TimeProvider time) : IRequestGate, IDisposable
{
    private readonly SemaphoreSlim _slots = new(maxConcurrency, maxConcurrency);
    private readonly RequestWindow? _window = budget is null ? null : new RequestWindow(budget, time);

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_window is not null)
            {
                await _window.BeginAsync(cancellationToken).ConfigureAwait(false);
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
        _window?.Dispose();
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        private SemaphoreSlim? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Release();
    }
}
