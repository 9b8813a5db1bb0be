using System.Globalization;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>One of the next fires, as people look at it before they save.</summary>
/// <param name="Local">The fire in the schedule's zone, before jitter.</param>
/// <param name="Notes">What daylight saving, blackouts and jitter do to it or before it.</param>
internal sealed record Preview(DateTimeOffset Local, IReadOnlyList<string> Notes)
{
    /// <summary>Blackouts may go on for long; who looks at a list waits for it.</summary>
    private const int MostLookedAt = 100_000;

    public DateTimeOffset Utc => Local.ToUniversalTime();

    /// <summary>The next fires after an instant; fewer when the schedule ends.</summary>
    public static IReadOnlyList<Preview> Of(Schedule schedule, DateTimeOffset from, int count)
    {
        List<Preview> fires = [];
        var blackouts = 0;
        var previous = from;
        foreach (var occurrence in Occurrence.Of(schedule, from).Take(MostLookedAt))
        {
            if (fires.Count == count)
            {
                break;
            }

            if (occurrence.IsBlackout)
            {
                blackouts++;
                continue;
            }

            List<string> notes = [.. ClockNotes(schedule, previous, occurrence.At)];
            if (blackouts > 0)
            {
                notes.Add($"{(blackouts == 1 ? "one fire" : $"{blackouts} fires")} before it left out for blackout dates");
            }

            if (schedule.Jitter > TimeSpan.Zero)
            {
                notes.Add($"with jitter at {TimeZoneInfo.ConvertTime(occurrence.FiresAt, schedule.Zone):HH:mm:ss}");
            }

            fires.Add(new Preview(TimeZoneInfo.ConvertTime(occurrence.At, schedule.Zone), notes));
            (previous, blackouts) = (occurrence.At, 0);
        }

        return fires;
    }

    /// <summary>The schedule with a clock that is never changed shows which of its times daylight saving touches.</summary>
    private static IEnumerable<string> ClockNotes(Schedule schedule, DateTimeOffset after, DateTimeOffset at)
    {
        // A time that comes twice stands before the change or after it, and either belongs to it.
        var reach = TimeSpan.FromHours(3);
        foreach (var change in LocalTimes.Changes(schedule.Zone, after - reach, at + reach))
        {
            var isBetween = change.At > after && change.At <= at;
            if (schedule.Recurrence.GoesByElapsedTime)
            {
                if (isBetween)
                {
                    yield return $"{Put(change)} before it; the interval goes on by elapsed time";
                }

                continue;
            }

            if (change.IsForward)
            {
                if (isBetween && Asked(schedule, change.From, change.To, change.Before) is { Length: > 0 } skipped)
                {
                    yield return change.At == at && Asked(schedule, change.To, change.To.AddTicks(1), change.After).Length == 0
                        ? $"moved from {skipped}: {Put(change)}"
                        : $"{skipped} dropped on {change.From:yyyy-MM-dd}: {Put(change)}";
                }

                continue;
            }

            var local = at + schedule.Zone.GetUtcOffset(at);
            if (local.UtcDateTime >= change.To && local.UtcDateTime < change.From)
            {
                var twin = at < change.At ? at + (change.Before - change.After) : at - (change.Before - change.After);
                var runsTwice = schedule.Recurrence.After(twin.AddTicks(-1), schedule.Zone, schedule.Start).FirstOrDefault() == twin;
                yield return runsTwice
                    ? $"doubled: {Time(local.UtcDateTime)} comes twice, since {Put(change)}, and runs both times"
                    : $"{Time(local.UtcDateTime)} comes twice, since {Put(change)}, and runs once";
            }
        }
    }

    /// <summary>The times of day that the schedule asks for within what the clock skips.</summary>
    private static string Asked(Schedule schedule, DateTime first, DateTime end, TimeSpan offset)
    {
        var still = TimeZoneInfo.CreateCustomTimeZone("still", offset, "still", "still");
        var from = new DateTimeOffset(DateTime.SpecifyKind(first, DateTimeKind.Unspecified), offset);
        var until = new DateTimeOffset(DateTime.SpecifyKind(end, DateTimeKind.Unspecified), offset);
        var times = schedule.Recurrence.After(from.AddTicks(-1), still, schedule.Start).TakeWhile(time => time < until)
            .Take(4).Select(time => Time(time.ToOffset(offset).DateTime)).ToList();
        return times.Count == 4 ? $"{times[0]}, {times[1]}, …" : string.Join(", ", times);
    }

    private static string Put(ClockChange change) => $"the clock is put {(change.IsForward ? "forward" : "back")} from {Time(change.From)} to {Time(change.To)}";

    private static string Time(DateTime time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
