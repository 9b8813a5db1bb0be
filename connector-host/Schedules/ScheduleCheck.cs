namespace ConnectorPlatform.Host.Schedules;

/// <summary>Refuses schedules that would never fire, or more often than the operator allows.</summary>
internal sealed class ScheduleCheck(ScheduleOptions options, TimeProvider time)
{
    private const int Shown = 10;

    /// <summary>Enough to meet the closest two fires of a schedule that has both close and wide ones.</summary>
    private const int MostCompared = 500;

    /// <returns>The next fires; none for a schedule that goes by no clock.</returns>
    /// <exception cref="PlatformException">Something in the schedule cannot be, it never fires, or too often.</exception>
    public IReadOnlyList<Preview> NextFires(Schedule schedule)
    {
        schedule.Checked();
        if (schedule.Recurrence is ManualRecurrence or AfterRecurrence)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var fires = Preview.Of(schedule, now, Shown);
        if (fires.Count == 0)
        {
            throw new PlatformException(PlatformFault.Input, $"The schedule \"{schedule.Recurrence.Text}\" would never fire; look at its dates.");
        }

        if (options.ShortestInterval > TimeSpan.Zero && Closest(schedule, now) is { } closest && closest < options.ShortestInterval)
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"The schedule \"{schedule.Recurrence.Text}\" fires again after {Words(closest)}, and here no schedule may fire more often than every {Words(options.ShortestInterval)} (setting Schedules:ShortestInterval).");
        }

        return fires;
    }

    private static TimeSpan? Closest(Schedule schedule, DateTimeOffset now)
    {
        var times = Occurrence.Of(schedule, now).Take(MostCompared).Select(occurrence => occurrence.At).ToList();
        return times.Count < 2 ? null : times.Zip(times.Skip(1), (first, second) => second - first).Min();
    }

    private static string Words(TimeSpan duration) => duration < TimeSpan.FromMinutes(2) ? $"{duration.TotalSeconds:0} seconds" : Freshness.Words(duration);
}
