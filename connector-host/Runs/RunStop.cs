namespace ConnectorPlatform.Host.Runs;

/// <summary>Ends a run before its time: somebody cancels it, its deadline passes, or its process stops. Whatever comes first counts.</summary>
internal sealed class RunStop : IDisposable
{
    // Not disposed of: a cancellation may come at any moment, also at the last.
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _ending = new();
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private ITimer? _deadline;
    private RunFailure? _failure;
    private bool _isCancelled;

    public RunStop(TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        MayEnd = CancellationTokenSource.CreateLinkedTokenSource(_source.Token, _ending.Token).Token;
    }

    /// <summary>Ends the run wherever it is.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends it where it loses nothing by that: in a wait, or at a checkpoint.</summary>
    public CancellationToken MayEnd { get; }

    /// <summary>Whether the process is to end.</summary>
    public bool IsAskedToEnd => _ending.IsCancellationRequested;

    /// <summary>Why the run failed; null when it was cancelled or interrupted.</summary>
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

    /// <summary>Whether the end of the process ends the run, and nobody who wants it to end.</summary>
    public bool IsInterrupted
    {
        get
        {
            lock (_lock)
            {
                return IsAskedToEnd && !_isCancelled && _failure is null;
            }
        }
    }

    /// <summary>Lets the run fail when it has not ended, with all of its attempts, after a while.</summary>
    public void LimitTo(TimeSpan deadline) => _deadline = _time.CreateTimer(
        _ => Stop(new RunFailure(RunFailureKind.Details, $"The run did not end within its deadline of {deadline}. What it committed before stays.")),
        null,
        deadline,
        Timeout.InfiniteTimeSpan);

    public void Cancel() => Stop(null, isCancelled: true);

    /// <summary>Asks the run to end at its next commit.</summary>
    /// <param name="isCancelled">Whether somebody wants it to end, and not only its process.</param>
    public void AskToEnd(bool isCancelled)
    {
        lock (_lock)
        {
            _isCancelled |= isCancelled;
        }

        _ = _ending.CancelAsync();
    }

    /// <summary>Ends a run that was asked to.</summary>
    public void End() => Stop(null);

    public void Dispose() => _deadline?.Dispose();

    private void Stop(RunFailure? failure, bool isCancelled = false)
    {
        lock (_lock)
        {
            if (_source.IsCancellationRequested)
            {
                return;
            }

            _failure = failure;
            _isCancelled |= isCancelled;
        }

        _ = _source.CancelAsync();
    }
}
