namespace ConnectorPlatform.Host.Schedules;

/// <summary>Some days of the week.</summary>
internal sealed class WeekDays
{
    /// <summary>From Monday on, as weeks are counted.</summary>
    private static readonly DayOfWeek[] Order =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    private readonly DayOfWeek[] _days;

    public WeekDays(IEnumerable<DayOfWeek> days) => _days = [.. days.Distinct().OrderBy(day => Array.IndexOf(Order, day))];

    public static WeekDays All { get; } = new(Order);

    public static WeekDays Working { get; } = new(Order[..5]);

    public bool IsAll => _days.Length == Order.Length;

    public bool Contains(DayOfWeek day) => _days.Contains(day);

    /// <summary>As it is written: <c>MON, WED</c>.</summary>
    public override string ToString() => string.Join(", ", _days.Select(Short));

    public string Describe() => Join([.. _days.Select(day => day.ToString())]);

    public static string Short(DayOfWeek day) => day.ToString()[..3].ToUpperInvariant();

    /// <summary>Reads <c>MON</c> or <c>monday</c>.</summary>
    public static DayOfWeek? Read(string word) =>
        Order.Select(day => (DayOfWeek?)day).FirstOrDefault(day =>
            string.Equals(day.ToString(), word, StringComparison.OrdinalIgnoreCase) || string.Equals(Short(day!.Value), word, StringComparison.OrdinalIgnoreCase));

    /// <summary>From one day to another in the order of the week, over its end when need be.</summary>
    public static IEnumerable<DayOfWeek> Range(DayOfWeek first, DayOfWeek last) =>
        Enumerable.Range(0, ((last - first + 7) % 7) + 1).Select(step => (DayOfWeek)(((int)first + step) % 7));

    /// <summary>"A, B and C".</summary>
    public static string Join(IReadOnlyList<string> parts) => parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}";
}
