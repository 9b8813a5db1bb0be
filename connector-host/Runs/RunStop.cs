namespace ConnectorPlatform.Host.Runs;

/// <summary>Ends a run before its time: somebody cancels it, or its deadline passes. Whatever comes first counts.</summary>
internal sealed class RunStop(TimeProvider time, CancellationToken cancellationToken) : IDisposable
{
    // Not disposed of: a cancellation may come at any moment, also at the last.
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private readonly Lock _lock = new();
    private ITimer? _deadline;
    private RunFailure? _failure;

    public CancellationToken Token => _source.Token;

    /// <summary>Why the run failed; null when it was cancelled.</summary>
    public RunFailure? Failure
    {
        get
        {
            lock (_lock)
            {
                return _failure;
            }
        }
    }

    /// <summary>Lets the run fail when it has not ended, with all of its attempts, after a while.</summary>
    public void LimitTo(TimeSpan deadline) => _deadline = time.CreateTimer(
        _ => Stop(new RunFailure(RunFailureKind.Details, $"The run did not end within its deadline of {deadline}. What it committed before stays.")),
        null,
        deadline,
        Timeout.InfiniteTimeSpan);

    public void Cancel() => Stop(null);

    public void Dispose() => _deadline?.Dispose();

    private void Stop(RunFailure? failure)
    {
        lock (_lock)
        {
            if (_source.IsCancellationRequested)
            {
                return;
            }

            _failure = failure;
        }

        _ = _source.CancelAsync();
    }
}
