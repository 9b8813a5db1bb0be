using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs.Backfills;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// A run's waits: for its DataSet, for a place, for its next attempt. It is recorded as queued only when it has to wait, says for
/// what, and holds no place meanwhile.
/// </summary>
internal sealed class WaitingRun(RunStore runs, RunPlaces places, string? account, RunRecord run) : IDisposable
{
    private IDisposable? _place;

    public RunRecord Run { get; private set; } = run;

    /// <summary>The slice of a backfill that the run reads; null for any other run.</summary>
    public SliceOrder? Slice { get; init; }

    /// <summary>Whether there is a record already, and time has passed since the run was asked for.</summary>
    public bool HasWaited { get; private set; }

    /// <summary>Waits for an instant, if it is still to come.</summary>
    public async Task TimeAsync(DateTimeOffset? instant, TimeProvider time, CancellationToken cancellationToken)
    {
        if (instant - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero)
        {
            WaitFor($"its next attempt at {instant:u}");
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the DataSet is free and there is a place.</summary>
    public async Task TurnAsync(RunSlots.Claim claim, CancellationToken cancellationToken)
    {
        if (!claim.HasTurn)
        {
            WaitFor("the end of the run that is going on");
        }

        await claim.TurnAsync(cancellationToken).ConfigureAwait(false);
        _place = await places.TakeAsync(account, WaitFor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the run the fence of its turn, when others have overtaken it.</summary>
    public void Renew(long fence) => Run = Run with { Fence = fence };

    /// <summary>Records that the run begins, with the configuration that it uses.</summary>
    public void Start(DataSetConfiguration dataSet, string version, DateTimeOffset now)
    {
        Run = Run with
        {
            State = RunState.Running,
            Phase = RunPhase.Preparing,
            WaitingFor = null,
            ConnectorVersion = version,
            Details = dataSet.Details,
            UpdateMethod = dataSet.UpdateMethod,
            Rules = dataSet.Rules,
            StartedAt = now,
        };
        if (HasWaited)
        {
            runs.Start(Run);
        }
        else
        {
            Run = runs.Add(Run);
        }
    }

    /// <summary>Waits for the time of the next attempt, and for a place.</summary>
    /// <param name="waiting">The run as it waits.</param>
    /// <param name="next">When the attempt is due.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task AttemptAsync(RunRecord waiting, DateTimeOffset next, TimeProvider time, CancellationToken cancellationToken)
    {
        Run = waiting;
        runs.Update(Run);
        Dispose();
        var delay = next - time.GetUtcNow();
        await Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        _place = await places.TakeAsync(account, what => runs.Update(Run with { WaitingFor = what }), cancellationToken).ConfigureAwait(false);
        Run = Run with { Phase = RunPhase.Preparing, WaitingFor = null };
        runs.Update(Run);
    }

    public RunRecord End(RunRecord ended)
    {
        runs.Update(ended);
        return ended;
    }

    public void Dispose() => Interlocked.Exchange(ref _place, null)?.Dispose();

    private void WaitFor(string what)
    {
        Run = Run with
        {
            State = RunState.Queued,
            Phase = RunPhase.Waiting,
            Phases = [new PhaseStart(1, RunPhase.Waiting, Run.StartedAt)],
            WaitingFor = what,
        };
        if (HasWaited)
        {
            runs.Update(Run);
        }
        else
        {
            Run = runs.Add(Run);
            HasWaited = true;
        }
    }
}
