namespace ConnectorPlatform.Host.Schedules;

/// <summary>
/// Every so many minutes or hours of elapsed time, whatever the clock does meanwhile. Without a window it counts from the start; with a window
/// it begins anew each day when the window opens, and runs up to and including the time at which it closes.
/// </summary>
internal sealed class IntervalRecurrence(int count, TimeSpan unit, ActiveHours? window, WeekDays days) : Recurrence
{
    private readonly TimeSpan _step = unit * count;

    public override string Text =>
        $"every {Count(count, UnitName)}{(window is null ? "" : $" between {window.Opens:HH\\:mm} and {window.Closes:HH\\:mm}")}{(days.IsAll ? "" : $" on {days}")}";

    public override bool GoesByElapsedTime => true;

    private string UnitName => unit == TimeSpan.FromMinutes(1) ? "minute" : "hour";

    public override string Describe()
    {
        var on = days.IsAll ? "" : $" on {days.Describe()}";
        return window is null
            ? $"Every {Count(count, UnitName)}{on}."
            : $"Every {Count(count, UnitName)}{on}: the first at {window.Opens:HH\\:mm}, the last not after {window.Closes:HH\\:mm}{(window.IsOvernight ? " of the next day" : "")} (a run at {window.Closes:HH\\:mm} itself is included).";
    }

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start) =>
        window is null ? Plain(after, zone, start) : Windowed(after, zone, window);

    /// <summary>"15 minutes", or "minute" for one.</summary>
    public static string Count(int count, string unit) => count == 1 ? unit : $"{count} {unit}s";

    private IEnumerable<DateTimeOffset> Plain(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start)
    {
        var anchor = start ?? LocalTimes.First(zone, CalendarRecurrence.UsualAnchor.ToDateTime(TimeOnly.MinValue));
        var passed = after < anchor ? 0 : ((after - anchor).Ticks / _step.Ticks) + 1;
        for (var at = anchor + (_step * passed); ; at += _step)
        {
            if (days.Contains(LocalTimes.DateOf(zone, at).DayOfWeek))
            {
                yield return at.ToUniversalTime();
            }
        }
    }

    private IEnumerable<DateTimeOffset> Windowed(DateTimeOffset after, TimeZoneInfo zone, ActiveHours hours)
    {
        for (var date = LocalTimes.DateOf(zone, after).AddDays(-2); ; date = date.AddDays(1))
        {
            if (!days.Contains(date.DayOfWeek))
            {
                continue;
            }

            var closes = LocalTimes.Last(zone, date.AddDays(hours.IsOvernight ? 1 : 0).ToDateTime(hours.Closes));
            for (var at = LocalTimes.First(zone, date.ToDateTime(hours.Opens)); at <= closes; at += _step)
            {
                if (at > after)
                {
                    after = at;
                    yield return at;
                }
            }
        }
    }
}

/// <summary>From a time of day to another, both included; to one that is not later means over midnight.</summary>
internal sealed record ActiveHours(TimeOnly Opens, TimeOnly Closes)
{
    public bool IsOvernight => Closes <= Opens;
}
