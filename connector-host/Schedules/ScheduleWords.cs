namespace ConnectorPlatform.Host.Schedules;

/// <summary>A schedule in one line, with what is unusual about it.</summary>
internal static class ScheduleWords
{
    public static string Of(Schedule schedule) => string.Join(", ", Parts(schedule));

    private static IEnumerable<string> Parts(Schedule schedule)
    {
        yield return schedule.Recurrence is ManualRecurrence or AfterRecurrence ? schedule.Recurrence.Text : $"{schedule.Recurrence.Text} ({schedule.Zone.Id})";
        if (schedule.Start is { } start)
        {
            yield return $"from {start:yyyy-MM-dd HH:mm} UTC";
        }

        if (schedule.End is { } end)
        {
            yield return $"until {end:yyyy-MM-dd HH:mm} UTC";
        }

        if (schedule.Blackout.Count > 0)
        {
            yield return $"not on {string.Join(" and ", schedule.Blackout)}";
        }

        if (schedule.Jitter > TimeSpan.Zero)
        {
            yield return $"put off by up to {schedule.Jitter.TotalSeconds:0} seconds";
        }

        if (schedule.Missed != MissedPolicy.RunOnce)
        {
            yield return schedule.Missed == MissedPolicy.Skip ? "missed runs are skipped" : $"up to {schedule.MostMissed} missed runs are made up for";
        }

        if (schedule.Overlap != OverlapPolicy.QueueOne)
        {
            yield return schedule.Overlap == OverlapPolicy.Skip ? "skipped during a run" : "cancels a run that goes on";
        }

        if (schedule.IsPaused)
        {
            yield return "paused";
        }
    }
}
