using System.Globalization;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>Reads "every …". Commas and "and" between several things are the same.</summary>
internal sealed class WordReader
{
    private const int MostUnits = 1000;

    private readonly string _text;
    private readonly List<(int Position, string Text)> _words = [];
    private int _next;

    public WordReader(string text)
    {
        _text = text;
        for (var at = 0; at < text.Length; at++)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] != ',')
            {
                end++;
            }

            if (end > at)
            {
                _words.Add((at, text[at..end]));
                at = end;
            }
        }
    }

    public Recurrence Read()
    {
        Expect("every");
        var count = ReadCount();
        var unit = Take("minutes, hours, days, weekdays, weeks or months").TrimEnd('s', 'S').ToUpperInvariant();
        Recurrence recurrence = unit switch
        {
            "MINUTE" => ReadInterval(count, TimeSpan.FromMinutes(1)),
            "HOUR" => ReadInterval(count, TimeSpan.FromHours(1)),
            "DAY" => new CalendarRecurrence { Count = count, Unit = CalendarUnit.Day, Times = ReadTimes() },
            "WEEKDAY" => new CalendarRecurrence { Count = count, Unit = CalendarUnit.Weekday, Times = ReadTimes() },
            "WEEK" => new CalendarRecurrence { Count = count, Unit = CalendarUnit.Week, Days = ReadDays() ?? new WeekDays([DayOfWeek.Monday]), Times = ReadTimes() },
            "MONTH" => new CalendarRecurrence { Count = count, Unit = CalendarUnit.Month, MonthDays = ReadMonthDays(), Times = ReadTimes() },
            _ => throw Wrong(_next - 1, "minutes, hours, days, weekdays, weeks or months"),
        };
        return _next == _words.Count ? recurrence : throw Wrong(_next, "nothing more");
    }

    private int ReadCount()
    {
        if (!int.TryParse(Peek(), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return 1;
        }

        _next++;
        return count is >= 1 and <= MostUnits ? count : throw Wrong(_next - 1, $"a number from 1 to {MostUnits}");
    }

    private IntervalRecurrence ReadInterval(int count, TimeSpan unit)
    {
        ActiveHours? window = null;
        if (Skip("between"))
        {
            var opens = ReadTime();
            Expect("and");
            window = new ActiveHours(opens, ReadTime());
        }

        return new IntervalRecurrence(count, unit, window, ReadDays() ?? WeekDays.All);
    }

    private List<TimeOnly> ReadTimes()
    {
        if (!Skip("at"))
        {
            return [TimeOnly.MinValue];
        }

        List<TimeOnly> times = [ReadTime()];
        while (Peek() is not null)
        {
            Skip("and");
            times.Add(ReadTime());
        }

        return [.. times.Distinct().Order()];
    }

    private TimeOnly ReadTime() =>
        TimeOnly.TryParseExact(Take("a time of day such as 09:00"), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw Wrong(_next - 1, "a time of day such as 09:00 (00:00 to 23:59)");

    private WeekDays? ReadDays()
    {
        if (!Skip("on"))
        {
            return null;
        }

        List<DayOfWeek> days = [];
        do
        {
            Skip("and");
            var ends = Take("days such as MON or MON-FRI").Split('-');
            var (first, last) = (WeekDays.Read(ends[0]), WeekDays.Read(ends[^1]));
            days.AddRange(ends.Length <= 2 && first is { } from && last is { } to ? WeekDays.Range(from, to) : throw Wrong(_next - 1, "days such as MON or MON-FRI"));
        }
        while (Peek() is not null && !Is("at"));
        return new WeekDays(days);
    }

    private List<MonthDay> ReadMonthDays()
    {
        if (!Skip("on"))
        {
            return [new MonthDay.Numbered(1)];
        }

        List<MonthDay> days = [];
        do
        {
            Skip("and");
            Skip("the");
            days.Add(ReadMonthDay());
        }
        while (Peek() is not null && !Is("at"));
        return days;
    }

    private MonthDay ReadMonthDay()
    {
        const string Expected = "\"day 15\", \"last day\", \"2nd SUN\" or \"last FRI\"";
        Skip("day");
        var word = Take(Expected);
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is >= 1 and <= 31 ? new MonthDay.Numbered(number) : throw Wrong(_next - 1, "a day from 1 to 31");
        }

        if (MonthDay.ReadOrdinal(word) is not { } ordinal)
        {
            throw Wrong(_next - 1, Expected);
        }

        return Is("day") && string.Equals(word, "last", StringComparison.OrdinalIgnoreCase) && Skip("day")
            ? new MonthDay.Final()
            : new MonthDay.Nth(ordinal, WeekDays.Read(Take(Expected)) ?? throw Wrong(_next - 1, Expected));
    }

    private string? Peek() => _next < _words.Count ? _words[_next].Text : null;

    private bool Is(string word) => string.Equals(Peek(), word, StringComparison.OrdinalIgnoreCase);

    private bool Skip(string word)
    {
        var found = Is(word);
        _next += found ? 1 : 0;
        return found;
    }

    private string Take(string expected) => _next < _words.Count ? _words[_next++].Text : throw Wrong(_next, expected);

    private void Expect(string word)
    {
        if (!Skip(word))
        {
            throw Wrong(_next, $"\"{word}\"");
        }
    }

    private PlatformException Wrong(int index, string expected)
    {
        var (position, found) = index < _words.Count ? (_words[index].Position, $"\"{_words[index].Text}\"") : (_text.Length, "its end");
        return new PlatformException(
            PlatformFault.Input,
            $"The schedule \"{_text}\" cannot be read at position {position + 1} ({found}): {expected} is expected there. Examples: \"every 15 minutes between 08:00 and 18:00 on MON-FRI\", \"every day at 09:00, 17:00\", \"every month on last day at 06:00\".");
    }
}
