namespace ConnectorPlatform.Host.Schedules;

/// <summary>One day of a month: by its number, the last, or one of a weekday's.</summary>
internal abstract record MonthDay
{
    private static readonly string[] Ordinals = ["1st", "2nd", "3rd", "4th", "last"];

    public abstract DateOnly In(int year, int month);

    public abstract string Describe();

    public static int? ReadOrdinal(string word) => Array.FindIndex(Ordinals, ordinal => string.Equals(ordinal, word, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? index : null;

    /// <summary>By its number; the month's last day where the month is shorter.</summary>
    internal sealed record Numbered(int Day) : MonthDay
    {
        public override DateOnly In(int year, int month) => new(year, month, Math.Min(Day, DateTime.DaysInMonth(year, month)));

        public override string Describe() => Day > 28 ? $"day {Day} (the last day of shorter months)" : $"day {Day}";

        public override string ToString() => $"day {Day}";
    }

    internal sealed record Final : MonthDay
    {
        public override DateOnly In(int year, int month) => new(year, month, DateTime.DaysInMonth(year, month));

        public override string Describe() => "the last day";

        public override string ToString() => "last day";
    }

    /// <summary>The first to fourth, or the last, of a day of the week.</summary>
    /// <param name="Ordinal">From 0; 4 is the last.</param>
    internal sealed record Nth(int Ordinal, DayOfWeek Day) : MonthDay
    {
        public override DateOnly In(int year, int month)
        {
            var first = new DateOnly(year, month, 1);
            var day = 1 + ((Day - first.DayOfWeek + 7) % 7) + (7 * Ordinal);
            return new DateOnly(year, month, day > DateTime.DaysInMonth(year, month) ? day - 7 : day);
        }

        public override string Describe() => $"the {Ordinals[Ordinal]} {Day}";

        public override string ToString() => $"{Ordinals[Ordinal]} {WeekDays.Short(Day)}";
    }
}
