namespace ConnectorPlatform.Host.Schedules;

/// <summary>One time of a schedule.</summary>
/// <param name="At">The time that the schedule says.</param>
/// <param name="FiresAt">The same, put off for jitter.</param>
/// <param name="IsBlackout">It falls on a date on which nothing runs.</param>
internal sealed record Occurrence(DateTimeOffset At, DateTimeOffset FiresAt, bool IsBlackout)
{
    /// <summary>The schedule's times after an instant, ascending; found as they are asked for.</summary>
    public static IEnumerable<Occurrence> Of(Schedule schedule, DateTimeOffset after)
    {
        // The start itself is a time of the schedule when it matches.
        var from = schedule.Start is { } start && after < start ? start.AddTicks(-1) : after;
        foreach (var at in schedule.Recurrence.After(from, schedule.Zone, schedule.Start))
        {
            if (at > schedule.End)
            {
                yield break;
            }

            var date = LocalTimes.DateOf(schedule.Zone, at);
            yield return new Occurrence(at, at + Delay(schedule, at), schedule.Blackout.Any(span => span.Contains(date)));
        }
    }

    // By the schedule and the time alone: the same in a preview, after a restart and on another host.
    private static TimeSpan Delay(Schedule schedule, DateTimeOffset at)
    {
        if (schedule.Jitter == TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var hash = 14695981039346656037UL;
        foreach (var character in $"{schedule.Id}/{at.UtcTicks}")
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        // The low bits of this hash are the better mixed ones.
        return TimeSpan.FromSeconds((hash & uint.MaxValue) % ((ulong)schedule.Jitter.TotalSeconds + 1));
    }
}
