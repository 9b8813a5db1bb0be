using System.Globalization;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>How long a slice of a backfill is.</summary>
internal enum SliceUnit
{
    Day,

    /// <summary>Monday to Sunday.</summary>
    Week,

    /// <summary>A month of the calendar.</summary>
    Month,
}

/// <summary>Days of the calendar, both ends included.</summary>
internal sealed record DayRange(DateOnly First, DateOnly Last)
{
    public int Days => Last.DayNumber - First.DayNumber + 1;

    /// <summary>The slices that make up the range, oldest first. They end where the calendar's weeks or months end, so the first and the last may be shorter.</summary>
    public IEnumerable<DayRange> Cut(SliceUnit unit)
    {
        for (var first = First; ;)
        {
            var end = EndOf(first, unit);
            var slice = new DayRange(first, end < Last ? end : Last);
            yield return slice;
            if (slice.Last == Last)
            {
                yield break;
            }

            first = slice.Last.AddDays(1);
        }
    }

    public override string ToString() => First == Last ? Text(First) : $"{Text(First)} to {Text(Last)}";

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The last days that a date can hold have no end of their week or month behind them.
    private static DateOnly EndOf(DateOnly day, SliceUnit unit) => unit switch
    {
        SliceUnit.Day => day,
        SliceUnit.Week => DateOnly.FromDayNumber(Math.Min(day.DayNumber + ((7 - (int)day.DayOfWeek) % 7), DateOnly.MaxValue.DayNumber)),
        _ => new DateOnly(day.Year, day.Month, DateTime.DaysInMonth(day.Year, day.Month)),
    };
}
