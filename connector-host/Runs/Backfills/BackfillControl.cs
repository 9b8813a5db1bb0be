using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>Starts, stops and resumes backfills; what they do is stored, and whichever process runs them acts by it.</summary>
internal sealed class BackfillControl(BackfillStore backfills, BackfillRunner runner, RunStore runs, DataFolder folder)
{
    /// <summary>Stores a backfill.</summary>
    /// <param name="plan">The backfill.</param>
    /// <param name="here">Whether this process will run it; else a server does.</param>
    /// <exception cref="PlatformException">The DataSet has one that has not ended.</exception>
    public void Start(BackfillPlan plan, bool here) => backfills.Add(plan.Backfill with { Instance = here ? folder.Instance : null }, plan.Slices);

    /// <summary>The DataSet's latest backfill.</summary>
    /// <exception cref="PlatformException">It has none.</exception>
    public Backfill Last(DataSetConfiguration dataSet) => backfills.Last(dataSet.Id)
        ?? throw new PlatformException(PlatformFault.NotFound, $"The DataSet \"{dataSet.Name}\" has no backfill; start one with --from, --to and --slice.");

    /// <summary>Lets a backfill stop once the slice that goes on has ended, in whatever process.</summary>
    /// <exception cref="PlatformException">It is not running.</exception>
    public Backfill Pause(DataSetConfiguration dataSet, string reason)
    {
        var backfill = Last(dataSet);
        return backfill.State == BackfillState.Running && backfills.TryMove(backfill.Id, BackfillState.Paused, reason)
            ? backfills.Find(backfill.Id)!
            : throw Not(dataSet, backfill, "running");
    }

    /// <summary>Ends a backfill for good, with the slice that goes on; slices that are done stay.</summary>
    /// <exception cref="PlatformException">It has ended.</exception>
    public Backfill Cancel(DataSetConfiguration dataSet)
    {
        var backfill = Last(dataSet);
        if (!backfills.TryMove(backfill.Id, BackfillState.Cancelled, null))
        {
            throw Not(dataSet, backfill, "running or paused");
        }

        foreach (var slice in backfills.Begun(backfill.Id))
        {
            runs.AskCancel(slice.RunId!);
        }

        return backfills.Find(backfill.Id)!;
    }

    /// <summary>Lets a backfill go on that is paused, or whose process is gone.</summary>
    /// <exception cref="PlatformException">It is running, or has ended.</exception>
    public Backfill Resume(DataSetConfiguration dataSet, bool here)
    {
        var backfill = Last(dataSet);
        if (backfill.State != BackfillState.Paused && !runner.IsFree(backfill))
        {
            throw backfill.State == BackfillState.Running
                ? new PlatformException(PlatformFault.Busy, $"The backfill of \"{dataSet.Name}\" is running already; see it with --status.")
                : Not(dataSet, backfill, "paused");
        }

        return SetRunning(dataSet, backfill, here);
    }

    /// <summary>Lets a slice that is done be run again, and the backfill go on.</summary>
    /// <param name="dataSet">The DataSet.</param>
    /// <param name="first">The slice's first day.</param>
    /// <param name="here">Whether this process will run it; else a server does.</param>
    /// <exception cref="PlatformException">There is no such slice, or its rows would be there twice.</exception>
    public Backfill Again(DataSetConfiguration dataSet, DateOnly first, bool here)
    {
        var backfill = Last(dataSet);
        if (backfill.State is not (BackfillState.Done or BackfillState.Paused))
        {
            throw Not(dataSet, backfill, "done or paused");
        }

        var slice = backfills.Slices(backfill.Id).FirstOrDefault(slice => slice.Range.First == first)
            ?? throw new PlatformException(PlatformFault.NotFound, $"No slice of the backfill begins on {DayRange.Text(first)}; see them with --status.");
        if (slice.State == SliceState.Done && dataSet.UpdateMethod == UpdateMethod.Append && runs.Find(slice.RunId!)?.UndoneBy is null)
        {
            throw new PlatformException(
                PlatformFault.Input, $"The rows of {slice.Range} are there, and Append would add them a second time: undo the run {slice.RunId} first, if it is the last one.");
        }

        if (slice.State != SliceState.Running)
        {
            backfills.Update(backfill.Id, slice with { State = SliceState.Pending, Failure = null });
        }

        return SetRunning(dataSet, backfill, here);
    }

    private Backfill SetRunning(DataSetConfiguration dataSet, Backfill backfill, bool here) =>
        backfills.TryResume(backfill, here ? folder.Instance : null)
            ? backfills.Find(backfill.Id)!
            : throw new PlatformException(PlatformFault.Busy, $"Another process has just changed the backfill of \"{dataSet.Name}\", or the DataSet has another one; see it with --status.");

    private static PlatformException Not(DataSetConfiguration dataSet, Backfill backfill, string state) =>
        new(PlatformFault.Input, $"The backfill of \"{dataSet.Name}\" over {backfill.Range} is not {state}: it is {backfill.State}.");
}
