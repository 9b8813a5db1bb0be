namespace ConnectorPlatform.Host.Schedules.Timing;

/// <summary>A cron expression in words, field by field.</summary>
internal static class CronWords
{
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <param name="expression">In Quartz's spelling: seconds first, days of the week from 1.</param>
    public static string Of(string expression)
    {
        var fields = expression.ToUpperInvariant().Split(' ');
        var days = (fields[3], fields[5]) switch
        {
            ("*" or "?", "*" or "?") => " every day",
            (var date, "*" or "?") => $" on {Dates(date)} of the month",
            ("*" or "?", var day) => $" on {WeekDay(day)}",
            var (date, day) => $" on {Dates(date)} of the month and also on {WeekDay(day)}",
        };
        return $"{Times(fields[0], fields[1], fields[2])}{days}{(fields[4] == "*" ? "" : $" in {List(fields[4], month => Name(month, Months))}")}.";
    }

    private static string Times(string second, string minute, string hour)
    {
        if (IsPlain(hour) && IsPlain(minute) && IsPlain(second))
        {
            var times = from h in hour.Split(',') from m in minute.Split(',') from s in second.Split(',') select $"{h,2}:{m,2}{(second == "0" ? "" : $":{s,2}")}".Replace(' ', '0');
            return $"At {WeekDays.Join([.. times])}";
        }

        var parts = new[] { second == "0" ? "" : Part(second, "second"), minute == "*" && second != "0" ? "" : Part(minute, "minute"), hour == "*" ? "" : $"of {Part(hour, "hour")}" };
        var words = string.Join(" ", parts.Where(part => part.Length > 0));
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static bool IsPlain(string field) => field.All(character => char.IsAsciiDigit(character) || character == ',');

    private static string Part(string field, string unit) => field switch
    {
        "*" => $"every {unit}",
        _ when field.StartsWith("*/", StringComparison.Ordinal) => $"every {field[2..]} {unit}s",
        _ => $"at {unit} {List(field, value => value)}".Replace("at hour", "hour", StringComparison.Ordinal),
    };

    private static string Dates(string field) => List(field, date => date switch
    {
        "L" => "the last day",
        "LW" => "the last weekday",
        _ when date.EndsWith('W') => $"the weekday nearest to day {date[..^1]}",
        _ => $"day {date}",
    }).Replace("the last day-", "the last day less ", StringComparison.Ordinal);

    private static string WeekDay(string field) => List(field, day => day switch
    {
        _ when day.Split('#') is [var name, var ordinal] => $"the {ordinal}. {Name(name, Days)} of the month",
        _ when day.Length > 1 && day.EndsWith('L') => $"the last {Name(day[..^1], Days)} of the month",
        _ => Name(day, Days),
    });

    private static string List(string field, Func<string, string> name) => WeekDays.Join([.. field.Split(',').Select(part => Range(part, name))]);

    private static string Range(string part, Func<string, string> name)
    {
        var halves = part.Split('/');
        var ends = halves[0].Split('-');
        var range = (ends, halves.Length) switch
        {
            (["*"], _) => "every",
            ([var first, var last], _) => $"{name(first)} to {name(last)}",
            ([var only], 2) => $"{name(only)} on",
            _ => name(ends[0]),
        };
        return halves.Length == 1 ? range : $"{range} in steps of {halves[1]}";
    }

    /// <summary>A number from one on, or the first three letters.</summary>
    private static string Name(string value, string[] names) =>
        int.TryParse(value, out var number)
            ? names.ElementAtOrDefault(number - 1) ?? value
            : names.FirstOrDefault(name => name.StartsWith(value, StringComparison.OrdinalIgnoreCase)) ?? value;
}
