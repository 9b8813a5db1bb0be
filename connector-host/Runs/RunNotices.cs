using System.Diagnostics.CodeAnalysis;
using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Tells the notices what runs and DataSets have come to.</summary>
internal sealed partial class RunNotices(
    EndedRuns ended, NoticeIntake intake, RunStore runs, DataSetConfigurationStore dataSets, AccountStore accounts, ILogger<RunNotices> log)
{
    private const int UsuallyEnough = 10;
    private const int Enough = 10_000;

    private readonly Lock _lock = new();

    /// <summary>Looks at every run that has ended since the last look. Never throws: a notice must not harm the run that it tells of.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The border between a run and what is told of it.")]
    public void LookAtEndedRuns()
    {
        lock (_lock)
        {
            try
            {
                for (var list = ended.List(); list.Count > 0; list = ended.List())
                {
                    var known = new Dictionary<string, Known>();
                    foreach (var run in list)
                    {
                        LookAt(run, known.TryGetValue(run.DatasetId, out var dataSet) ? dataSet : known[run.DatasetId] = Know(run.DatasetId, list));
                    }

                    ended.Remove(list);
                }
            }
            catch (Exception exception)
            {
                // They stay on the list, and are looked at again.
                LogFailure(log, exception.Message);
            }
        }
    }

    /// <summary>Tells that the DataSet is older than it may get; may be told as often as it is seen.</summary>
    /// <param name="dataSetId">The DataSet; one that is gone is not told of.</param>
    /// <param name="since">Since when it is late.</param>
    /// <param name="at">When that was seen.</param>
    /// <param name="message">How old it is and how old it may get, for the user.</param>
    public void TellLate(string dataSetId, DateTimeOffset since, DateTimeOffset at, string message)
    {
        if (dataSets.Find(dataSetId) is { } dataSet)
        {
            intake.Accept(new NoticeEvent
            {
                Happening = Happening.DataSetLate,
                DataSet = Name(dataSet),
                Occasion = $"late:{dataSet.Id}:{since.UtcTicks}",
                At = at,
                Since = since,
                Message = message,
                WhoActs = "Look at the DataSet's last runs.",
            });
        }
    }

    /// <summary>Tells that an account must be reconnected, whatever has found it out; may be told as often as it is seen.</summary>
    public void TellRefused(AccountState state)
    {
        foreach (var dataSet in state.Uses.Select(use => dataSets.Find(use.DatasetId)).OfType<DataSetConfiguration>())
        {
            intake.Accept(new NoticeEvent
            {
                Happening = Happening.AccountRefused,
                DataSet = Name(dataSet),
                Account = new NoticeAccount(state.Account.Id, state.Account.Name),
                Occasion = $"refused:{dataSet.Id}:{state.Since.UtcTicks}",
                At = state.Since,
                Message = state.Why ?? "",
                WhoActs = FailureTable.Action(FailureKind.Credentials),
            });
        }
    }

    /// <summary>What an ended run means beside the one before it; null when nobody wants to know.</summary>
    /// <param name="run">The run.</param>
    /// <param name="before">The last one before it that succeeded or failed.</param>
    /// <param name="dataSet">Their DataSet.</param>
    /// <param name="account">Its account; null for sample data.</param>
    public static NoticeEvent? EventOf(RunRecord run, RunRecord? before, DataSetConfiguration dataSet, Account? account)
    {
        var refused = account is not null && run.Failure?.Kind == RunFailureKind.Credentials;
        Happening? happening = run switch
        {
            // The server makes up for it; that run's end is what counts.
            { IsToBeResumed: true } => null,
            { State: RunState.Failed } => refused ? Happening.AccountRefused : Happening.RunFailed,
            { State: RunState.Held } => Happening.RunHeld,
            // A slice of the past says nothing about how the live runs fare.
            { IsSuccess: true, Trigger: not RunTrigger.Backfill } => Happening.RunSucceeded,
            _ => null,
        };
        return happening is null ? null : new NoticeEvent
        {
            Happening = happening.Value,
            DataSet = Name(dataSet),
            Account = account is null ? null : new NoticeAccount(account.Id, account.Name),
            IsTurn = run.IsSuccess ? FailedOtherwise(before, account) : before is not { State: RunState.Failed },
            Occasion = run.Id,
            StartedAt = run.StartedAt,
            At = run.EndedAt ?? run.StartedAt,
            Message = run.Failure?.Message ?? (run.State == RunState.Held ? string.Join(" ", run.Warnings) : $"Its last run wrote {Counted.Of(run.Counts.RowsWritten, "row")}."),
            WhoActs = run.Failure?.WhoActs ?? (run.State == RunState.Held ? "Whoever is responsible for the DataSet must approve or reject the run." : ""),
        };
    }

    // That an account works again is told once for all its DataSets.
    private static bool FailedOtherwise(RunRecord? before, Account? account) =>
        before is { State: RunState.Failed } && (account is null || before.Failure?.Kind != RunFailureKind.Credentials);

    private void LookAt(EndedRun run, Known known)
    {
        if (known.DataSet is { } dataSet && known.Runs.FirstOrDefault(record => record.Id == run.RunId) is { } record
            && EventOf(record, Before(record, known.Runs), dataSet, known.Account) is { } happened)
        {
            intake.Accept(happened);
        }
    }

    // Most look at the last run and the one before it; only after many cancelled ones it takes more.
    private Known Know(string dataSetId, IReadOnlyList<EndedRun> list)
    {
        if (dataSets.Find(dataSetId) is not { } dataSet)
        {
            return new Known(null, null, []);
        }

        var wanted = list.Where(run => run.DatasetId == dataSetId).Select(run => run.RunId).ToHashSet();
        var limit = wanted.Count + UsuallyEnough;
        var newestFirst = runs.Of(dataSetId, limit);
        var first = newestFirst.LastOrDefault(record => wanted.Contains(record.Id));
        if (newestFirst.Count == limit && (first is null || Before(first, newestFirst) is null))
        {
            newestFirst = runs.Of(dataSetId, Enough);
        }

        return new Known(dataSet, dataSet.AccountId is { } id ? accounts.GetById(id) : null, newestFirst);
    }

    private static RunRecord? Before(RunRecord run, IReadOnlyList<RunRecord> newestFirst) =>
        newestFirst.FirstOrDefault(record =>
            record.Fence < run.Fence && record.Trigger != RunTrigger.Backfill && (record.IsSuccess || record is { State: RunState.Failed, IsToBeResumed: false }));

    private static NoticeDataSet Name(DataSetConfiguration dataSet) => new(dataSet.Id, dataSet.Name, dataSet.Connector);

    [LoggerMessage(LogLevel.Error, "Runs that have ended cannot be looked at for notices: {Message}")]
    private static partial void LogFailure(ILogger log, string message);

    /// <summary>A DataSet as it is while one list of its runs is looked at.</summary>
    private sealed record Known(DataSetConfiguration? DataSet, Account? Account, IReadOnlyList<RunRecord> Runs);
}
