using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Runs that somebody asks for without waiting for their end, and those that he wants to end.</summary>
internal sealed partial class RunRequests(RunEngine engine, RunStore runs, ILogger<RunRequests> logger)
{
    /// <summary>Starts a run, or queues it behind the one that goes on.</summary>
    /// <returns>The run as it began, once there is a record of it.</returns>
    /// <exception cref="PlatformException">There is none: another waits already or is held, or the DataSet is gone.</exception>
    public async Task<RunRecord> StartAsync(DataSetConfiguration dataSet)
    {
        var recorded = new TaskCompletionSource<RunRecord>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A run is the platform's own: it uses what its DataSet needs, whatever the one who asks may see.
        var run = Viewer.Platform(() => Task.Run(() => engine.RunAsync(dataSet, recorded.SetResult)));
        if (await Task.WhenAny(recorded.Task, run).ConfigureAwait(false) == run)
        {
            return await run.ConfigureAwait(false);
        }

        _ = WatchAsync(dataSet.Id, run);
        return await recorded.Task.ConfigureAwait(false);
    }

    /// <summary>Asks for the end of a run, whatever process executes it. What it has committed stays.</summary>
    /// <exception cref="PlatformException">There is no such run, or it has ended already.</exception>
    public void Cancel(string runId)
    {
        var run = runs.Find(runId) ?? throw new PlatformException(PlatformFault.NotFound, $"There is no run \"{runId}\".");
        if (run.IsEnded)
        {
            throw new PlatformException(PlatformFault.Busy, "The run has ended already; there is nothing to cancel.");
        }

        runs.AskCancel(runId);
    }

    /// <summary>Asks for the end of the runs that wait; those that go on go on.</summary>
    /// <param name="mayEdit">Whether the caller, who sees a DataSet (its id), may end its runs.</param>
    /// <returns>How many were asked.</returns>
    public int CancelWaiting(Func<string, bool> mayEdit) =>
        runs.Unfinished().Where(run => run.State == RunState.Queued && runs.Find(run.Id) is not null && mayEdit(run.DataSetId)).Count(run => runs.AskCancelWaiting(run.Id));

    [SuppressMessage("Design", "CA1031", Justification = "The border of a run that nobody waits for: what its own record cannot tell goes to the log.")]
    private async Task WatchAsync(string dataSetId, Task run)
    {
        try
        {
            await run.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogFailure(dataSetId, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A run of the DataSet {DataSet} broke off.")]
    private partial void LogFailure(string dataSet, Exception exception);
}
