using ConnectorPlatform.Host.Audit;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Changes when DataSets run by themselves; the one way of command line, API and pages. Every change stands in the DataSet's change history.</summary>
internal sealed class ScheduleEdit(
    MetadataDatabase database,
    DataSetConfigurationStore dataSets,
    DataSetChangeStore changes,
    ScheduleStore schedules,
    ScheduleSwitch switches,
    ScheduleCheck check,
    Freshness freshness,
    TimeProvider time)
{
    private const string Schedule = "Schedule";

    /// <returns>Its next fires.</returns>
    /// <exception cref="PlatformException">The schedule cannot be, never fires or too often, or its DataSet is gone.</exception>
    public IReadOnlyList<Preview> Add(Schedule schedule, ChangeOrigin origin)
    {
        var fires = check.NextFires(schedule);
        database.Together(() =>
        {
            schedules.Add(schedule);
            Record(schedule.DataSetId, origin, new FieldChange(Schedule, null, ScheduleWords.Of(schedule)));
        });
        return fires;
    }

    /// <summary>Puts a schedule in the place of the one with its id.</summary>
    /// <inheritdoc cref="Add"/>
    public IReadOnlyList<Preview> Replace(Schedule schedule, ChangeOrigin origin)
    {
        var fires = check.NextFires(schedule);
        database.Together(() =>
        {
            var before = Get(schedule.DataSetId, schedule.Id);
            if (ScheduleWords.Of(before) != ScheduleWords.Of(schedule))
            {
                schedules.Replace(schedule, time.GetUtcNow());
                Record(schedule.DataSetId, origin, new FieldChange(Schedule, ScheduleWords.Of(before), ScheduleWords.Of(schedule)));
            }
        });
        return fires;
    }

    /// <exception cref="PlatformException">The DataSet has no such schedule.</exception>
    public void Remove(Schedule schedule, ChangeOrigin origin) => database.Together(() =>
    {
        _ = Get(schedule.DataSetId, schedule.Id);
        schedules.Remove(schedule.Id);
        Record(schedule.DataSetId, origin, new FieldChange(Schedule, ScheduleWords.Of(schedule), null));
    });

    /// <summary>Makes these the schedules of a DataSet: those with a known id are replaced, others are added, and the rest is removed.</summary>
    /// <exception cref="PlatformException">One of them cannot be, never fires or too often.</exception>
    public void SetAll(string dataSetId, IReadOnlyList<Schedule> wanted, ChangeOrigin origin) => database.Together(() =>
    {
        var stored = schedules.Of(dataSetId).Select(one => one.Schedule).ToList();
        foreach (var schedule in stored.Where(one => wanted.All(other => other.Id != one.Id)))
        {
            Remove(schedule, origin);
        }

        foreach (var schedule in wanted)
        {
            _ = stored.Exists(one => one.Id == schedule.Id) ? Replace(schedule, origin) : Add(schedule, origin);
        }
    });

    /// <param name="dataSetId">Null for all DataSets.</param>
    /// <param name="origin">By which way.</param>
    /// <returns>How many schedules were not paused before.</returns>
    public int Pause(string? dataSetId, ChangeOrigin origin) => Switch(dataSetId, isPaused: true, () => switches.Pause(dataSetId), origin);

    /// <inheritdoc cref="Pause"/>
    /// <returns>How many schedules were paused before.</returns>
    public int Resume(string? dataSetId, ChangeOrigin origin) => Switch(dataSetId, isPaused: false, () => switches.Resume(dataSetId), origin);

    /// <param name="dataSetId">The DataSet.</param>
    /// <param name="maxAge">After which it is late; null for never.</param>
    /// <param name="origin">By which way.</param>
    /// <exception cref="PlatformException">The age is too short or too long.</exception>
    public void SetMaxAge(string dataSetId, TimeSpan? maxAge, ChangeOrigin origin) => database.Together(() =>
    {
        var before = freshness.MaxAge(dataSetId);
        if (before != maxAge)
        {
            freshness.Set(dataSetId, maxAge);
            Record(dataSetId, origin, new FieldChange("Late when older than", Words(before), Words(maxAge)));
        }
    });

    private static string? Words(TimeSpan? age) => age is { } given ? Freshness.Words(given) : null;

    // Not one transaction: the log, which tells what passed meanwhile, writes when it likes.
    private int Switch(string? dataSetId, bool isPaused, Func<int> change, ChangeOrigin origin)
    {
        var concerned = (dataSetId is null ? schedules.List() : schedules.Of(dataSetId))
            .Select(stored => stored.Schedule).Where(schedule => schedule.IsPaused != isPaused).ToList();
        var changed = change();
        database.Together(() =>
        {
            foreach (var ofOne in concerned.GroupBy(schedule => schedule.DataSetId))
            {
                Record(ofOne.Key, origin, [.. ofOne.Select(schedule => new FieldChange(Schedule, ScheduleWords.Of(schedule), ScheduleWords.Of(schedule with { IsPaused = isPaused })))]);
            }
        });
        return changed;
    }

    private Schedule Get(string dataSetId, string id) =>
        schedules.Of(dataSetId).Select(stored => stored.Schedule).FirstOrDefault(schedule => schedule.Id == id)
        ?? throw new PlatformException(PlatformFault.NotFound, $"The DataSet has no schedule with the id {id} any more.");

    private void Record(string dataSetId, ChangeOrigin origin, params IReadOnlyList<FieldChange> fields)
    {
        var now = time.GetUtcNow();
        dataSets.Touch(dataSetId, now);
        changes.Add(new DataSetChange(dataSetId, now, CurrentActor.Value.KnownName, origin, fields));
    }
}
