namespace ConnectorPlatform.Host.Runs;

/// <summary>How many runs of this process may go on at once, in all and of one account; the others wait in their order.</summary>
internal sealed class RunPlaces(RunLimits limits) : IDisposable
{
    private readonly SemaphoreSlim _all = new(limits.MostAtOnce);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SemaphoreSlim> _accounts = [];

    /// <summary>Waits for a place.</summary>
    /// <param name="account">The account; runs on sample data share none.</param>
    /// <param name="waits">Is told for what the run waits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The place, until disposed.</returns>
    public async Task<IDisposable> TakeAsync(string? account, Action<string> waits, CancellationToken cancellationToken)
    {
        // The account's place comes first: whoever waits for it keeps none that another account could use.
        var own = account is null ? null : Of(account);
        if (own is not null)
        {
            await WaitAsync(own, $"a place: {Counted.Of(limits.MostOfAccount, "run")} of its account {(limits.MostOfAccount == 1 ? "goes" : "go")} on", waits, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await WaitAsync(_all, $"a place: {Counted.Of(limits.MostAtOnce, "run")} {(limits.MostAtOnce == 1 ? "goes" : "go")} on", waits, cancellationToken).ConfigureAwait(false);
            return new Place(own, _all);
        }
        catch
        {
            own?.Release();
            throw;
        }
    }

    public void Dispose()
    {
        _all.Dispose();
        foreach (var places in _accounts.Values)
        {
            places.Dispose();
        }
    }

    private static async Task WaitAsync(SemaphoreSlim places, string what, Action<string> waits, CancellationToken cancellationToken)
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            waits(what);
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private SemaphoreSlim Of(string account)
    {
        lock (_lock)
        {
            return _accounts.TryGetValue(account, out var places) ? places : _accounts[account] = new SemaphoreSlim(limits.MostOfAccount);
        }
    }

    private sealed class Place(SemaphoreSlim? own, SemaphoreSlim all) : IDisposable
    {
        public void Dispose()
        {
            all.Release();
            own?.Release();
        }
    }
}

/// <summary>The settings <c>Runs</c> that concern all runs of a process.</summary>
internal sealed record RunLimits
{
    [System.ComponentModel.DataAnnotations.Range(1, 1000)]
    public int MostAtOnce { get; init; } = 8;

    [System.ComponentModel.DataAnnotations.Range(1, 1000)]
    public int MostOfAccount { get; init; } = 2;
}
