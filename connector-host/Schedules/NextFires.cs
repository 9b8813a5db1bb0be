namespace ConnectorPlatform.Host.Schedules;

/// <summary>When a DataSet runs next by itself.</summary>
/// <param name="At">Null when no time is known: all its schedules are paused or over, or it follows another DataSet.</param>
/// <param name="IsPaused">It has schedules, and all are paused.</param>
/// <param name="Follows">The id of the DataSet after which it runs.</param>
internal sealed record NextFire(DateTimeOffset? At, bool IsPaused, string? Follows);

/// <summary>When each DataSet runs next, for lists of many: what was found is kept until the schedules change or its time has come.</summary>
internal sealed class NextFires(ScheduleStore store, TimeProvider time)
{
    /// <summary>Blackouts may go on for ever; who looks at a list waits for it.</summary>
    private const int MostLookedAt = 10_000;

    private readonly Lock _lock = new();
    private List<Entry> _entries = [];
    private long? _revision;

    /// <summary>By the DataSet's id; a DataSet without schedules has none.</summary>
    public IReadOnlyDictionary<string, NextFire> OfDataSets()
    {
        lock (_lock)
        {
            Refresh();
            Dictionary<string, NextFire> fires = new(StringComparer.Ordinal);
            foreach (var entry in _entries)
            {
                var fire = new NextFire(entry.Next, entry.Schedule.IsPaused, entry.Schedule is { IsPaused: false, Recurrence: AfterRecurrence after } ? after.DataSet : null);
                var id = entry.Schedule.DataSetId;
                fires[id] = fires.TryGetValue(id, out var other) ? Earlier(fire, other) : fire;
            }

            return fires;
        }
    }

    private static NextFire Earlier(NextFire one, NextFire other) => new(
        one.At is null || other.At < one.At ? other.At : one.At,
        one.IsPaused && other.IsPaused,
        one.Follows ?? other.Follows);

    private void Refresh()
    {
        // Asked before the reading: a change in between is found again.
        var (revision, now) = (store.Revision(), time.GetUtcNow());
        if (revision != _revision)
        {
            _entries = store.List().Select(stored => new Entry(stored.Schedule, Next(stored.Schedule, now))).ToList();
            _revision = revision;
            return;
        }

        for (var index = 0; index < _entries.Count; index++)
        {
            if (_entries[index] is { Next: { } next } entry && next <= now)
            {
                _entries[index] = entry with { Next = Next(entry.Schedule, now) };
            }
        }
    }

    // A time that has passed may still be to come, put off for jitter.
    private static DateTimeOffset? Next(Schedule schedule, DateTimeOffset now) => schedule.IsPaused
        ? null
        : Occurrence.Of(schedule, now - schedule.Jitter).Take(MostLookedAt).FirstOrDefault(occurrence => !occurrence.IsBlackout && occurrence.FiresAt > now)?.FiresAt;

    private sealed record Entry(Schedule Schedule, DateTimeOffset? Next);
}
