using System.Globalization;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Makes runs of the schedules' fires, and notices of what they see.</summary>
internal sealed class ScheduledRuns(
    RunEngine engine, RunStore runs, DataSetConfigurationStore dataSets, AccountStore accounts, RunNotices notices, TimeProvider time)
{
    /// <summary>Runs a fire's DataSet.</summary>
    /// <returns>The run, or why there is none.</returns>
    public async Task<FireOutcome> RunAsync(Fire fire, CancellationToken cancellationToken)
    {
        CurrentActor.Value = Actor.Scheduler;
        try
        {
            var dataSet = dataSets.Get(fire.DataSetId);
            if (TroubleOf(dataSet) is { } trouble)
            {
                return FireOutcome.NotRun(FireEnd.AccountTrouble, trouble);
            }

            if (runs.HeldOf(dataSet.Id) is { } held)
            {
                return FireOutcome.NotRun(FireEnd.Held, RunEngine.HeldMessage(held));
            }

            var run = await engine.RunAsync(dataSet, RunTrigger.Schedule, OverlapOf(fire.Overlap), cancellationToken).ConfigureAwait(false);
            var why = run.Failure?.Message ?? (run.State == RunState.Cancelled ? string.Join(" ", run.Warnings) : "");
            return FireOutcome.Ran(run.Id, why.Length > 0 ? $"{run.State}: {why}" : $"{run.State}.");
        }
        catch (PlatformException exception)
        {
            return FireOutcome.NotRun(exception.Fault == PlatformFault.Busy ? FireEnd.Overlap : FireEnd.Refused, exception.Message);
        }
    }

    /// <summary>Tells that a DataSet is older than it may get.</summary>
    public void TellLate(LateDataSet late)
    {
        var now = time.GetUtcNow();
        notices.TellLate(
            late.DataSetId,
            late.LastSuccess + late.MaxAge ?? now,
            now,
            late.LastSuccess is { } last
                ? string.Create(CultureInfo.InvariantCulture, $"Its last successful run ended at {last:yyyy-MM-dd HH:mm} UTC, and it may get {late.MaxAge} old.")
                : string.Create(CultureInfo.InvariantCulture, $"No run of it has succeeded yet, and it may get {late.MaxAge} old."));
    }

    // Asking a source again and again with credentials that it has refused gets accounts locked.
    private string? TroubleOf(DataSetConfiguration dataSet)
    {
        if (dataSet.AccountId is not { } id)
        {
            return null;
        }

        var (account, last) = (accounts.GetById(id), runs.Last(dataSet.Id));
        if (account.IsRefused && !(last is { IsSuccess: true } && last.StartedAt > account.CheckedAt))
        {
            return $"The account \"{account.Name}\" must be reconnected: {account.CheckFailure} Schedules that use it wait until then, and run again by themselves afterwards.";
        }

        return last is not { Failure.Kind: RunFailureKind.Credentials, EndedAt: { } ended } || account.WorksAgainSince(ended)
            ? null
            : $"The source refused the credentials of the account \"{account.Name}\" at {ended:u}. Schedules run again once the account has been reconnected, or a run that is started by hand has succeeded.";
    }

    private static Overlap OverlapOf(OverlapPolicy policy) => policy switch
    {
        OverlapPolicy.QueueOne => Overlap.QueueOne,
        OverlapPolicy.CancelRunning => Overlap.CancelRunning,
        _ => Overlap.Refuse,
    };
}
