using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What goes when a DataSet is deleted, and what keeps it from being deleted now.</summary>
/// <param name="Obstacle">Null when it can be deleted.</param>
/// <param name="Losses">In sentences.</param>
internal sealed record RemovalImpact(string? Obstacle, IReadOnlyList<string> Losses);

/// <summary>Deletes DataSets with all that belongs to them, and tells first what that is.</summary>
internal sealed class DataSetRemoval(
    DataSetConfigurationStore dataSets, DataSetFiles files, RunStore runs, ScheduleStore schedules, BackfillStore backfills, NoticeRuleStore notices)
{
    public async Task<RemovalImpact> ImpactAsync(DataSetConfiguration dataSet, CancellationToken cancellationToken) =>
        new(ObstacleTo(dataSet), [await RowsOfAsync(dataSet, cancellationToken).ConfigureAwait(false), .. OthersOf(dataSet)]);

    /// <summary>Deletes a DataSet with its rows, runs, schedules and notice rules.</summary>
    /// <exception cref="PlatformException">It is being used.</exception>
    public void Delete(DataSetConfiguration dataSet)
    {
        if (ObstacleTo(dataSet) is { } obstacle)
        {
            throw new PlatformException(PlatformFault.Busy, obstacle);
        }

        // The file first: a DataSet without its file can be deleted again, and a file without its DataSet would stay for ever.
        files.Delete(dataSet.Id);
        dataSets.Delete(dataSet.Id);
    }

    private string? ObstacleTo(DataSetConfiguration dataSet) =>
        runs.Unfinished().FirstOrDefault(run => run.DataSetId == dataSet.Id) is { } run
            ? $"The DataSet \"{dataSet.Name}\" has a run that is {run.State.ToString().ToLowerInvariant()}: cancel it, or wait for its end."
            : backfills.Last(dataSet.Id) is { State: BackfillState.Running }
                ? $"The DataSet \"{dataSet.Name}\" is being backfilled: pause or cancel the backfill first."
                : null;

    private async Task<string> RowsOfAsync(DataSetConfiguration dataSet, CancellationToken cancellationToken)
    {
        try
        {
            using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            return lease.Reader.Count() switch
            {
                0 => "It has no rows.",
                1 => "Its one row goes, and the history of its runs.",
                var rows => FormattableString.Invariant($"Its {rows:N0} rows go, and the history of its runs."),
            };
        }
        catch (PlatformException exception)
        {
            return $"Its rows go; how many there are cannot be told: {exception.Message}";
        }
    }

    private IEnumerable<string> OthersOf(DataSetConfiguration dataSet)
    {
        foreach (var (schedule, _, _) in schedules.Of(dataSet.Id))
        {
            yield return $"Its schedule goes: {ScheduleWords.Of(schedule)}.";
        }

        if (runs.HeldOf(dataSet.Id) is not null)
        {
            yield return "A run that waits for approval goes unseen.";
        }

        if (backfills.Last(dataSet.Id) is { State: BackfillState.Paused })
        {
            yield return "Its paused backfill goes.";
        }

        foreach (var rule in notices.List().Where(rule => rule.DataSetId == dataSet.Id))
        {
            yield return $"Its notice rule \"{rule.Name}\" goes.";
        }

        var followers = schedules.List().Select(stored => stored.Schedule)
            .Where(schedule => schedule.Recurrence is AfterRecurrence after && after.DataSet == dataSet.Id)
            .Select(schedule => dataSets.Find(schedule.DataSetId)?.Name).OfType<string>().Distinct().ToList();
        if (followers.Count > 0)
        {
            yield return $"{string.Join(", ", followers.Select(name => $"\"{name}\""))} run after it, and will not run by that schedule any more.";
        }
    }
}
