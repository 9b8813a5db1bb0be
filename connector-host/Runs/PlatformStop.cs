namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Ends the runs of this process when it is to end. Runs that may commit on their way do so at their next checkpoint, those that publish
/// at the end may reach it, and what waits ends at once; what needs longer is cut off. All of them are recorded, and none is lost.
/// </summary>
internal sealed class PlatformStop(HistoryOptions options, TimeProvider time)
{
    /// <summary>How long a run may take to its next commit when somebody waits for it at a terminal.</summary>
    public static readonly TimeSpan CommitWithinAtTerminal = TimeSpan.FromSeconds(1);

    /// <summary>How long it may take to end when it is cut off.</summary>
    public static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(2.5);

    private readonly Lock _lock = new();
    private readonly HashSet<RunStop> _runs = [];
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;
    private bool _isCancelled;
    private bool _isOver;

    /// <summary>Includes a run until the answer is disposed; one that comes after the stop began ends as those before.</summary>
    public IDisposable Watch(RunStop stop)
    {
        bool isStopping, isCancelled, isOver;
        lock (_lock)
        {
            _runs.Add(stop);
            _ended = _ended.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : _ended;
            (isStopping, isCancelled, isOver) = (_isStopping, _isCancelled, _isOver);
        }

        if (isStopping)
        {
            stop.AskToEnd(isCancelled);
        }

        if (isOver)
        {
            stop.End();
        }

        return new Watched(this, stop);
    }

    /// <summary>Ends the runs; returns when all have ended, or the time for it is over.</summary>
    /// <param name="isCancelled">Whether somebody at a terminal wants them to end, who then does not want them to run again.</param>
    public async Task StopAsync(bool isCancelled)
    {
        lock (_lock)
        {
            (_isStopping, _isCancelled) = (true, _isCancelled || isCancelled);
            EndIfNoneIsLeft();
        }

        Each(run => run.AskToEnd(isCancelled));
        await WaitAsync(isCancelled ? CommitWithinAtTerminal : options.CommitWithin).ConfigureAwait(false);
        lock (_lock)
        {
            _isOver = true;
        }

        Each(run => run.End());
        await WaitAsync(EndWithin).ConfigureAwait(false);
    }

    private void Each(Action<RunStop> work)
    {
        RunStop[] runs;
        lock (_lock)
        {
            runs = [.. _runs];
        }

        Array.ForEach(runs, work);
    }

    private async Task WaitAsync(TimeSpan atMost)
    {
        Task ended;
        lock (_lock)
        {
            ended = _runs.Count == 0 ? Task.CompletedTask : _ended.Task;
        }

        await ended.WaitAsync(atMost, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Leave(RunStop stop)
    {
        lock (_lock)
        {
            _runs.Remove(stop);
            EndIfNoneIsLeft();
        }
    }

    private void EndIfNoneIsLeft()
    {
        if (_isStopping && _runs.Count == 0)
        {
            _ended.TrySetResult();
        }
    }

    private sealed class Watched(PlatformStop all, RunStop stop) : IDisposable
    {
        public void Dispose() => all.Leave(stop);
    }
}
