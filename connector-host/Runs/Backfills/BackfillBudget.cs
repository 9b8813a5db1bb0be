using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>A backfill's own budget, kept for all of its slices: at most so many of its requests begin within any window.</summary>
internal sealed class BackfillBudget(RateBudget? budget, TimeProvider time) : IDisposable
{
    private readonly RequestWindow? _window = budget is null ? null : new RequestWindow(budget, time);

    /// <summary>Puts the budget before an account's gate.</summary>
    public IRequestGate Before(IRequestGate account) => _window is null ? account : new Gate(_window, account);

    public void Dispose() => _window?.Dispose();

    // One after the other, and counted when the account has admitted it: a request that waits for the account keeps none of the
    // account's places meanwhile, and a burst that the account held back is no burst afterwards either.
    private sealed class Gate(RequestWindow window, IRequestGate account) : IRequestGate
    {
        public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) =>
            window.BeginAsync(() => account.EnterAsync(cancellationToken), cancellationToken);
    }
}
