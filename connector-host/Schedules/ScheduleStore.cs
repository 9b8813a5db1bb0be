using System.Runtime.InteropServices;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>Schedules in the metadata store: the truth about what is to fire.</summary>
internal sealed class ScheduleStore(MetadataDatabase database)
{
    private const string Columns =
        "id, dataset_id, recurrence, zone, starts_at, ends_at, blackout, jitter_s, missed, most_missed, overlap, is_paused, created_at, accounted_to";

    public IReadOnlyList<StoredSchedule> List() => Read("ORDER BY dataset_id, created_at, id", null);

    public IReadOnlyList<StoredSchedule> Of(string dataSetId) => Read("WHERE dataset_id = @dataSetId ORDER BY created_at, id", new { dataSetId });

    /// <exception cref="PlatformException">Something in the schedule cannot be, or its DataSet is gone.</exception>
    public void Add(Schedule schedule)
    {
        Check(schedule);
        var added = database.TryInsert(
            $"INSERT INTO schedules ({Columns}) VALUES (@Id, @DatasetId, @Recurrence, @Zone, @StartsAt, @EndsAt, @Blackout, @JitterS, @Missed, @MostMissed, @Overlap, @IsPaused, @CreatedAt, @AccountedTo)",
            Row.From(schedule));
        if (!added)
        {
            throw new PlatformException(PlatformFault.NotFound, "The DataSet was deleted while its schedule was being added.");
        }
    }

    /// <summary>Puts a schedule in the place of the one with its id. What the old one has missed is not made up for.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="from">The new one fires from here on.</param>
    /// <exception cref="PlatformException">Something in the schedule cannot be, or there is none with its id.</exception>
    public void Replace(Schedule schedule, DateTimeOffset from)
    {
        Check(schedule);
        var replaced = database.Execute(
            "UPDATE schedules SET recurrence = @Recurrence, zone = @Zone, starts_at = @StartsAt, ends_at = @EndsAt, blackout = @Blackout, jitter_s = @JitterS, missed = @Missed, "
            + "most_missed = @MostMissed, overlap = @Overlap, is_paused = @IsPaused, accounted_to = max(accounted_to, @AccountedTo) WHERE id = @Id",
            Row.From(schedule) with { AccountedTo = from });
        if (replaced == 0)
        {
            throw new PlatformException(PlatformFault.NotFound, $"There is no schedule with the id {schedule.Id} any more.");
        }
    }

    /// <returns>False when there is no such schedule.</returns>
    public bool Remove(string id) => database.Execute("DELETE FROM schedules WHERE id = @id", new { id }) > 0;

    public void Pause(string scheduleId) => database.Execute("UPDATE schedules SET is_paused = 1 WHERE id = @scheduleId AND is_paused = 0", new { scheduleId });

    /// <param name="scheduleId">The schedule.</param>
    /// <param name="accountedTo">Fires up to here have been told in the log.</param>
    public void Resume(string scheduleId, DateTimeOffset accountedTo) => database.Execute(
        "UPDATE schedules SET is_paused = 0, accounted_to = max(accounted_to, @accountedTo) WHERE id = @scheduleId AND is_paused = 1", new { scheduleId, accountedTo });

    /// <summary>Another number after every change that matters to who fires.</summary>
    public long Revision() => database.Find<long>("SELECT revision FROM schedule_revision");

    /// <summary>When the last successful run of a DataSet ended; null when none has. Slices of a backfill bring the past, and make nothing fresh.</summary>
    public DateTimeOffset? LastSuccess(string dataSetId) => database.Find<DateTimeOffset?>(
        "SELECT ended_at FROM runs WHERE dataset_id = @dataSetId AND state IN ('Succeeded', 'SucceededWithWarnings') AND trigger_kind <> 'Backfill' ORDER BY fence DESC LIMIT 1", new { dataSetId });

    private void Check(Schedule schedule)
    {
        schedule.Checked();
        if (schedule.Recurrence is AfterRecurrence && Follows(schedule.DataSetId, schedule) is { } circle)
        {
            throw new PlatformException(PlatformFault.Input, $"The DataSet would run after itself: {circle}. Choose another DataSet to follow, or remove one of these schedules.");
        }
    }

    /// <summary>The way from a DataSet over what it follows back to itself; null when there is none.</summary>
    private string? Follows(string dataSetId, Schedule added)
    {
        var follows = List().Select(stored => stored.Schedule).Where(schedule => schedule.Id != added.Id).Append(added)
            .Where(schedule => schedule.Recurrence is AfterRecurrence)
            .ToLookup(schedule => schedule.DataSetId, schedule => ((AfterRecurrence)schedule.Recurrence).DataSet);
        var ways = new Queue<string[]>([[dataSetId]]);
        HashSet<string> seen = [];
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in follows[way[^1]])
            {
                if (next == dataSetId)
                {
                    return string.Join(" follows ", [.. way, next]);
                }

                if (seen.Add(next))
                {
                    ways.Enqueue([.. way, next]);
                }
            }
        }

        return null;
    }

    private StoredSchedule[] Read(string rest, object? parameters)
    {
        // Many schedules say the same.
        Dictionary<string, Recurrence> recurrences = [];
        return [.. database.Query<Row>($"SELECT {Columns} FROM schedules {rest}", parameters).Select(row => row.ToStored(recurrences))];
    }

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string DatasetId { get; init; }
        public required string Recurrence { get; init; }
        public required string Zone { get; init; }
        public DateTimeOffset? StartsAt { get; init; }
        public DateTimeOffset? EndsAt { get; init; }
        public required string Blackout { get; init; }
        public required long JitterS { get; init; }
        public required string Missed { get; init; }
        public required long MostMissed { get; init; }
        public required string Overlap { get; init; }
        public required long IsPaused { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset AccountedTo { get; init; }

        public static Row From(Schedule schedule) => new()
        {
            Id = schedule.Id,
            DatasetId = schedule.DataSetId,
            Recurrence = schedule.Recurrence.Text,
            Zone = schedule.Zone.Id,
            StartsAt = schedule.Start,
            EndsAt = schedule.End,
            Blackout = JsonSerializer.Serialize(schedule.Blackout.Select(span => span.ToString())),
            JitterS = (long)schedule.Jitter.TotalSeconds,
            Missed = schedule.Missed.ToString(),
            MostMissed = schedule.MostMissed,
            Overlap = schedule.Overlap.ToString(),
            IsPaused = schedule.IsPaused ? 1 : 0,
            CreatedAt = schedule.CreatedAt,
            AccountedTo = schedule.CreatedAt,
        };

        public StoredSchedule ToStored(Dictionary<string, Recurrence> recurrences)
        {
            Schedule schedule;
            try
            {
                ref var recurrence = ref CollectionsMarshal.GetValueRefOrAddDefault(recurrences, Recurrence, out _);
                recurrence ??= Schedules.Recurrence.Parse(Recurrence);
                schedule = ToSchedule(recurrence, Schedule.ZoneOf(Zone));
            }
            catch (PlatformException exception)
            {
                schedule = ToSchedule(new UnreadableRecurrence(Recurrence, exception.Message), TimeZoneInfo.Utc);
            }

            return new StoredSchedule(schedule, AccountedTo, (this with { AccountedTo = default }).ToString());
        }

        private Schedule ToSchedule(Recurrence recurrence, TimeZoneInfo zone) => new()
        {
            Id = Id,
            DataSetId = DatasetId,
            Recurrence = recurrence,
            Zone = zone,
            Start = StartsAt,
            End = EndsAt,
            Blackout = [.. JsonSerializer.Deserialize<string[]>(Blackout)!.Select(DateSpan.Parse)],
            Jitter = TimeSpan.FromSeconds(JitterS),
            Missed = Enum.Parse<MissedPolicy>(Missed),
            MostMissed = (int)MostMissed,
            Overlap = Enum.Parse<OverlapPolicy>(Overlap),
            IsPaused = IsPaused != 0,
            CreatedAt = CreatedAt,
        };
    }
}

/// <summary>A schedule as it is stored.</summary>
/// <param name="AccountedTo">Every fire up to here has its line in the log.</param>
/// <param name="Fingerprint">Another text for another schedule.</param>
internal sealed record StoredSchedule(Schedule Schedule, DateTimeOffset AccountedTo, string Fingerprint);
