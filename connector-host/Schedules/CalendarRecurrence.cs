using System.Globalization;

namespace ConnectorPlatform.Host.Schedules;

internal enum CalendarUnit
{
    Day,

    /// <summary>Monday to Friday.</summary>
    Weekday,

    Week,
    Month,
}

/// <summary>At times of day on every so-manieth day, weekday, week or month. A time that the clock skips runs when it jumps, one that comes twice runs the first time.</summary>
internal sealed class CalendarRecurrence : Recurrence
{
    /// <summary>What is counted from where no start is given: a Monday, the first of its month.</summary>
    public static readonly DateOnly UsualAnchor = new(2001, 1, 1);

    public required int Count { get; init; }

    public required CalendarUnit Unit { get; init; }

    /// <summary>Ascending.</summary>
    public required IReadOnlyList<TimeOnly> Times { get; init; }

    /// <summary>For weeks.</summary>
    public WeekDays Days { get; init; } = WeekDays.All;

    /// <summary>For months.</summary>
    public IReadOnlyList<MonthDay> MonthDays { get; init; } = [];

    public override string Text
    {
        get
        {
            var on = Unit switch
            {
                CalendarUnit.Week => $" on {Days}",
                CalendarUnit.Month => $" on {string.Join(", ", MonthDays)}",
                _ => "",
            };
            return $"every {IntervalRecurrence.Count(Count, UnitName)}{on} at {TimesText(", ")}";
        }
    }

    private string UnitName => Unit.ToString().ToLowerInvariant();

    public override string Describe()
    {
        var times = $"at {WeekDays.Join([.. Times.Select(time => time.ToString("HH:mm", CultureInfo.InvariantCulture))])}";
        return Unit switch
        {
            CalendarUnit.Week when Count == 1 => $"Every {Days.Describe()} {times}.",
            CalendarUnit.Week => $"Every {Count} weeks on {Days.Describe()} {times}.",
            CalendarUnit.Month => $"Every {IntervalRecurrence.Count(Count, "month")} on {WeekDays.Join([.. MonthDays.Select(day => day.Describe())])} {times}.",
            CalendarUnit.Weekday => $"Every {IntervalRecurrence.Count(Count, "weekday")} (Monday to Friday) {times}.",
            _ => $"Every {IntervalRecurrence.Count(Count, "day")} {times}.",
        };
    }

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start)
    {
        var anchor = start is { } begin ? LocalTimes.DateOf(zone, begin) : UsualAnchor;
        // Two days before, since a skipped time, even one of a zone that left out a whole day, comes later than its date says.
        for (var date = LocalTimes.DateOf(zone, after).AddDays(-2); date < DateOnly.MaxValue.AddDays(-2); date = date.AddDays(1))
        {
            if (!Matches(date, anchor))
            {
                continue;
            }

            foreach (var time in Times)
            {
                var at = LocalTimes.First(zone, date.ToDateTime(time));
                if (at > after)
                {
                    after = at;
                    yield return at;
                }
            }
        }
    }

    private bool Matches(DateOnly date, DateOnly anchor) => Unit switch
    {
        CalendarUnit.Day => IsCounted(date.DayNumber - anchor.DayNumber),
        CalendarUnit.Weekday => WeekDays.Working.Contains(date.DayOfWeek) && IsCounted(WorkingDays(date) - WorkingDays(anchor)),
        CalendarUnit.Week => Days.Contains(date.DayOfWeek) && IsCounted(Weeks(date) - Weeks(anchor)),
        _ => IsCounted(((date.Year - anchor.Year) * 12) + date.Month - anchor.Month) && MonthDays.Any(day => day.In(date.Year, date.Month) == date),
    };

    private bool IsCounted(int passed) => passed % Count == 0;

    // Day 0 of the calendar was a Monday.
    private static int Weeks(DateOnly date) => date.DayNumber / 7;

    /// <summary>The working days before a date.</summary>
    private static int WorkingDays(DateOnly date) => (Weeks(date) * 5) + Math.Min(date.DayNumber % 7, 5);

    private string TimesText(string separator) => string.Join(separator, Times.Select(time => time.ToString("HH:mm", CultureInfo.InvariantCulture)));
}
