using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>One lane for each DataSet, so that its fires run one after another and the overlap policy says what becomes of the others. No fire ends without its line in the log.</summary>
/// <param name="run">Runs the DataSet of a fire to the end; whoever composes the scheduler says how.</param>
/// <param name="log">Where every fire has its line.</param>
/// <param name="time">The clock of the lines.</param>
internal sealed class FireLanes(Func<Fire, CancellationToken, Task<FireOutcome>> run, ScheduleLog log, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _idle;

    /// <summary>Begins a fire's run, or what its overlap policy says when one goes on. Does not wait.</summary>
    public void Begin(Fire fire)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                Write(fire, FireEnd.Interrupted, null, "The host was being stopped.");
            }
            else if (!_lanes.TryGetValue(fire.DataSetId, out var lane))
            {
                Start(new Lane(), fire);
            }
            else
            {
                Overlap(lane, fire);
            }
        }
    }

    /// <summary>Cancels what runs and waits until it has ended; what waited never begins.</summary>
    public async Task StopAsync()
    {
        Task idle;
        lock (_lock)
        {
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _lanes.Count == 0 ? Task.CompletedTask : _idle.Task;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await idle.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Overlap(Lane lane, Fire fire)
    {
        switch (fire.Overlap)
        {
            // What makes up for several missed fires is meant to be several.
            case var _ when fire.IsMakeUp && fire.Overlap != OverlapPolicy.CancelRunning:
            case OverlapPolicy.QueueOne when lane.Waiting.Count == 0:
                lane.Waiting.Enqueue(fire);
                Write(fire, FireEnd.Waiting, null, "Waits for a run of the DataSet to end.");
                break;
            case OverlapPolicy.CancelRunning:
                while (lane.Waiting.TryDequeue(out var older))
                {
                    Write(older, FireEnd.Overlap, null, "A later fire came before its run could begin, and took its place.");
                }

                lane.Waiting.Enqueue(fire);
                Write(fire, FireEnd.Waiting, null, "Has cancelled the run that was going on, and follows when that has ended.");
                lane.Cancellation!.Cancel();
                break;
            case OverlapPolicy.QueueOne:
                Write(fire, FireEnd.Overlap, null, "A run of the DataSet was going on, and another fire waits for its end already.");
                break;
            default:
                Write(fire, FireEnd.Overlap, null, "A run of the DataSet was going on; the schedule skips such fires.");
                break;
        }
    }

    private void Start(Lane lane, Fire fire)
    {
        _lanes[fire.DataSetId] = lane;
        lane.Cancellation = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Write(fire, FireEnd.Started, null, "");
        ScheduleMeter.Tell(fire, time.GetUtcNow());
        _ = Viewer.Platform(() => Task.Run(() => RunAsync(lane, fire, lane.Cancellation.Token)));
    }

    [SuppressMessage("Design", "CA1031", Justification = "A fire is the border: whatever its run throws becomes its line in the log.")]
    private async Task RunAsync(Lane lane, Fire fire, CancellationToken cancellationToken)
    {
        FireOutcome outcome;
        try
        {
            outcome = await run(fire, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = _stopping.IsCancellationRequested
                ? FireOutcome.NotRun(FireEnd.Interrupted, "The host was stopped.")
                : FireOutcome.NotRun(FireEnd.Overlap, "Cancelled by a later fire.");
        }
        catch (Exception exception)
        {
            outcome = FireOutcome.NotRun(FireEnd.Refused, $"The run could not begin: {exception.Message}");
        }

        Write(fire, outcome.End, outcome.RunId, outcome.Message);
        End(lane, fire);
    }

    private void End(Lane lane, Fire fire)
    {
        lock (_lock)
        {
            lane.Cancellation!.Dispose();
            while (_stopping.IsCancellationRequested && lane.Waiting.TryDequeue(out var left))
            {
                Write(left, FireEnd.Interrupted, null, "The host was stopped before its run could begin.");
            }

            if (lane.Waiting.TryDequeue(out var next))
            {
                Start(lane, next);
                return;
            }

            _lanes.Remove(fire.DataSetId);
            if (_lanes.Count == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    private void Write(Fire fire, FireEnd end, string? runId, string message) => log.Write(new ScheduleLine
    {
        Id = fire.LogId,
        DataSetId = fire.DataSetId,
        ScheduleId = fire.ScheduleId,
        At = fire.At,
        LastAt = fire.At,
        Fires = 1,
        LoggedAt = time.GetUtcNow(),
        Outcome = end,
        RunId = runId,
        Message = message,
    });

    private sealed class Lane
    {
        public Queue<Fire> Waiting { get; } = [];

        /// <summary>Of the run that goes on.</summary>
        public CancellationTokenSource? Cancellation { get; set; }
    }
}
