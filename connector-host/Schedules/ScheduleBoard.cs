namespace ConnectorPlatform.Host.Schedules;

/// <summary>
/// The schedules as this process fires them: what is stored, how far each is accounted for, and when it fires next. It knows no timer; whoever has one asks
/// for a turn when a time has come, and a turn too many does nothing.
/// </summary>
internal sealed class ScheduleBoard(ScheduleStore store, ScheduleLog log, FireLanes lanes, TimeProvider time)
{
    public const string HostDown = "the host was down";
    public const string ClockForward = "the host stood still or its clock was put forward";

    private readonly Lock _lock = new();
    private Dictionary<string, Entry> _entries = [];
    private long? _revision;

    /// <summary>When each schedule that will fire again by itself fires next.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Wanted() =>
        Entries().Where(entry => entry.Next is not null).ToDictionary(entry => entry.Schedule.Id, entry => entry.Next!.Value);

    /// <summary>Reads the store again if it has changed, and does what has become due for schedules that are new or changed.</summary>
    /// <returns>When these fire next, each instant once, in whole seconds.</returns>
    public IReadOnlyCollection<DateTimeOffset> Reload(string cause)
    {
        // Asked before the reading: a change in between is found again.
        var revision = store.Revision();
        if (revision == _revision)
        {
            return [];
        }

        var stored = store.List();
        List<Entry> changed = [];
        lock (_lock)
        {
            _entries = stored.ToDictionary(one => one.Schedule.Id, one => Keep(one, changed));
            _revision = revision;
        }

        foreach (var schedule in changed.Select(entry => entry.Schedule).Where(schedule => schedule.Recurrence is UnreadableRecurrence))
        {
            log.WriteOmitted(schedule, FireEnd.Refused, time.GetUtcNow(), time.GetUtcNow(), 0, schedule.Recurrence.Describe());
        }

        return Turn(changed, cause);
    }

    /// <summary>Does what is due for all whose time has come.</summary>
    /// <returns>When these fire next, and what comes within moments: who rings may be that much too early.</returns>
    public IReadOnlyCollection<DateTimeOffset> TurnDue(string cause)
    {
        var soon = time.GetUtcNow() + TimeSpan.FromSeconds(2);
        return Turn([.. Entries().Where(entry => entry.Next <= soon)], cause);
    }

    /// <summary>Does what is due for all, whenever they were said to fire next.</summary>
    public IReadOnlyCollection<DateTimeOffset> TurnAll(string cause) => Turn(Entries(), cause);

    /// <summary>The instants at which somebody must ring.</summary>
    public IReadOnlySet<DateTimeOffset> Instants() => Entries().Select(entry => entry.Next).OfType<DateTimeOffset>().Select(WholeSecond).ToHashSet();

    /// <summary>Fires the schedules that follow other DataSets which have succeeded since.</summary>
    public void Follow(string cause)
    {
        foreach (var followed in Entries().Where(entry => entry.Schedule.Recurrence is AfterRecurrence).GroupBy(entry => ((AfterRecurrence)entry.Schedule.Recurrence).DataSet))
        {
            if (store.LastSuccess(followed.Key) is not { } ended)
            {
                continue;
            }

            foreach (var entry in followed)
            {
                Do(entry, cause, ended);
            }
        }
    }

    private Entry[] Entries()
    {
        lock (_lock)
        {
            return [.. _entries.Values];
        }
    }

    private HashSet<DateTimeOffset> Turn(IReadOnlyList<Entry> entries, string cause) =>
        entries.Select(entry => Do(entry, cause)).OfType<DateTimeOffset>().Select(WholeSecond).ToHashSet();

    private static DateTimeOffset WholeSecond(DateTimeOffset at) =>
        new((at.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    private Entry Keep(StoredSchedule stored, List<Entry> changed)
    {
        var before = _entries.GetValueOrDefault(stored.Schedule.Id);
        if (before?.Fingerprint == stored.Fingerprint)
        {
            return before;
        }

        // What this process knows may not be written yet.
        var accounted = before?.AccountedTo > stored.AccountedTo ? before.AccountedTo : stored.AccountedTo;
        var entry = new Entry(stored.Schedule, stored.Fingerprint) { AccountedTo = accounted };
        changed.Add(entry);
        return entry;
    }

    private DateTimeOffset? Do(Entry entry, string cause, DateTimeOffset? followedAt = null)
    {
        var schedule = entry.Schedule;
        var now = time.GetUtcNow();
        Turn turn;
        lock (entry)
        {
            turn = followedAt is null
                ? Schedules.Turn.Of(schedule, entry.AccountedTo, now, cause)
                : Schedules.Turn.Of(schedule, Followed(entry, followedAt.Value), entry.AccountedTo, now, cause);
            if (followedAt is null)
            {
                entry.Next = turn.Next?.FiresAt;
            }

            if (turn.AccountedTo != entry.AccountedTo)
            {
                entry.AccountedTo = turn.AccountedTo;
                log.Account(schedule.Id, turn.AccountedTo);
            }
        }

        foreach (var omission in turn.Omitted)
        {
            log.WriteOmitted(schedule, omission.End, omission.First, omission.Last, omission.Fires, omission.Message);
        }

        foreach (var run in turn.Runs)
        {
            lanes.Begin(new Fire
            {
                ScheduleId = schedule.Id,
                DataSetId = schedule.DataSetId,
                At = run.At,
                Overlap = schedule.Overlap,
                IsMakeUp = run.IsMakeUp,
                LogId = Identifier.New(),
            });
        }

        return entry.Next;
    }

    private static Occurrence[] Followed(Entry entry, DateTimeOffset ended)
    {
        var schedule = entry.Schedule;
        var isOpen = ended > entry.AccountedTo && !(ended < schedule.Start) && !(ended > schedule.End);
        var date = LocalTimes.DateOf(schedule.Zone, ended);
        return isOpen ? [new Occurrence(ended, ended, schedule.Blackout.Any(span => span.Contains(date)))] : [];
    }

    private sealed class Entry(Schedule schedule, string fingerprint)
    {
        public Schedule Schedule { get; } = schedule;

        public string Fingerprint { get; } = fingerprint;

        public DateTimeOffset AccountedTo { get; set; }

        public DateTimeOffset? Next { get; set; }
    }
}
