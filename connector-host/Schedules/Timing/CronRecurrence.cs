using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace ConnectorPlatform.Host.Schedules.Timing;

/// <summary>
/// A cron expression of five fields, or of six with seconds in front, in crontab's meaning (days of the week 0 to 7 from Sunday; of two limited day fields
/// either may match). Quartz parses and evaluates it: well kept, with L, W and #. It is asked for what a clock shows, as if that were UTC, and the usual rules for daylight
/// saving are ours: times that the clock skips run once when it jumps and a doubled time runs once, unless the expression is an interval (a *, a range or a step in hour or minute), which
/// has its times in both hours. By its own rules Quartz stands still for ever where a zone counts its summer as the standard time, as Dublin does.
/// </summary>
internal sealed partial class CronRecurrence : Recurrence
{
    private static readonly Field[] Fields =
    [
        new("second", 59, "0 to 59"), new("minute", 59, "0 to 59"), new("hour", 23, "0 to 23"), new("day of the month", 31, "1 to 31, L, LW, L-3, 15W or ?"),
        new("month", 12, "1 to 12 or JAN to DEC"), new("day of the week", 7, "0 to 7 (0 and 7 are Sunday), SUN to SAT, 5L, 5#2 or ?"),
    ];

    private readonly CronExpression _expression;
    private readonly bool _isInterval;

    public CronRecurrence(string text)
    {
        Text = text;
        _expression = Read(text).WithTimeZone(TimeZoneInfo.Utc);
        _isInterval = _expression.CronExpressionString.Split(' ')[..3].Any(field => field.AsSpan().ContainsAny("*-/"));
    }

    public override string Text { get; }

    public override string Describe() => CronWords.Of(_expression.CronExpressionString);

    public override IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone, DateTimeOffset? start) =>
        _isInterval ? Intervals(after, zone) : ClockTimes(after, zone);

    /// <summary>What goes on through every change of the clock: asked for between two changes at a time.</summary>
    private IEnumerable<DateTimeOffset> Intervals(DateTimeOffset after, TimeZoneInfo zone)
    {
        var (since, offset) = (after, zone.GetUtcOffset(after));
        var shown = Shown(after, offset);
        while (_expression.GetNextValidTimeAfter(shown) is { } next)
        {
            var at = next.ToUniversalTime() - offset;
            if (LocalTimes.Changes(zone, since, at).FirstOrDefault() is { } change)
            {
                (since, offset) = (change.At, change.After);
                var isInGap = at < change.At + (change.After - change.Before);
                if (isInGap)
                {
                    yield return change.At;
                }

                // What the clock shows at the change counts, unless it has run for those that the gap skips.
                shown = Shown(isInGap ? change.At : change.At.AddSeconds(-1), offset);
                continue;
            }

            (since, shown) = (at, next.ToUniversalTime());
            yield return at;
        }
    }

    private IEnumerable<DateTimeOffset> ClockTimes(DateTimeOffset after, TimeZoneInfo zone)
    {
        var shown = Shown(after, zone.GetUtcOffset(after));
        while (_expression.GetNextValidTimeAfter(shown) is { } next)
        {
            shown = next.ToUniversalTime();
            var at = LocalTimes.First(zone, shown.DateTime);

            // All that a jump skips are one fire.
            if (at > after)
            {
                after = at;
                yield return at;
            }
        }
    }

    private static DateTimeOffset Shown(DateTimeOffset instant, TimeSpan offset) => instant.ToUniversalTime() + offset;

    private static CronExpression Read(string text)
    {
        if (text.StartsWith('@'))
        {
            return ParseUnix(text) ?? throw Wrong(text, 0, text, "it is @hourly, @daily, @weekly, @monthly or @yearly");
        }

        var words = Words(text);
        if (words.Count is not (5 or 6))
        {
            throw new PlatformException(
                PlatformFault.Input,
                $"The cron expression \"{text}\" has {words.Count} fields; it has five (minute, hour, day of the month, month, day of the week), or six with seconds in front. Example: \"0 9 * * MON-FRI\" is 09:00 from Monday to Friday.");
        }

        var fields = Fields[^words.Count..];
        foreach (var (field, word) in fields.Zip(words))
        {
            // Quartz keeps marks of its own among the numbers that are too great, and so lets some pass.
            if (Numbers().Matches(word.Text).Any(number => number.Length > 2 || int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) > field.Most))
            {
                throw Wrong(text, field, word);
            }
        }

        // A step of one limits nothing, which matters where two fields that do are joined.
        var parts = words.Select(word => StepOfOne().Replace(word.Text, "$1")).ToArray();
        parts[^1] = OpenSteps().Replace(parts[^1], ToSunday);
        var hasSeconds = words.Count == Fields.Length;
        if ((hasSeconds && ParseUnix(Alone(0, parts[0])) is null) || ParseUnix(string.Join(' ', parts[^5..])) is not { } expression)
        {
            var wrong = fields.Zip(words).Index().FirstOrDefault(one => ParseUnix(Alone(one.Index + (hasSeconds ? 0 : 1), one.Item.Second.Text)) is null);
            throw wrong.Item.First is null ? Wrong(text, 0, text, "its fields do not go together") : Wrong(text, wrong.Item.First, wrong.Item.Second);
        }

        return hasSeconds ? CronExpression.Parse($"{parts[0]} {expression.CronExpressionString.Split(' ', 2)[1]}") : expression;
    }

    /// <summary>An expression in which only one field says something. Seconds are written as minutes are.</summary>
    private static string Alone(int field, string word) =>
        string.Join(' ', Enumerable.Range(1, 5).Select(index => index == Math.Max(field, 1) ? word : "*"));

    private static CronExpression? ParseUnix(string text)
    {
        try
        {
            return CronExpression.TryParse(text, CronFormat.Unix, out var expression) ? expression : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A day of the week and those every so many days after it: in crontab's numbers up to 7, the Sunday at the end, where Quartz ends with Saturday.</summary>
    private static string ToSunday(Match match)
    {
        var (first, step) = (int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        return string.Join(',', Enumerable.Range(first, 8 - first).Where(day => (day - first) % step == 0));
    }

    private static PlatformException Wrong(string text, Field field, (int Position, string Text) word) =>
        Wrong(text, word.Position, word.Text, $"the {field.Name} takes {field.Values}, and lists, ranges and steps of them: 1,5 or 1-5 or */2");

    private static PlatformException Wrong(string text, int position, string word, string rule) => new(
        PlatformFault.Input, $"The cron expression \"{text}\" cannot be read at position {position + 1} (\"{word}\"): {rule}. Example: \"*/15 8-18 * * MON-FRI\".");

    private static List<(int Position, string Text)> Words(string text)
    {
        List<(int, string)> words = [];
        for (var at = 0; at < text.Length; at++)
        {
            if (!char.IsWhiteSpace(text[at]))
            {
                var end = at;
                while (end < text.Length && !char.IsWhiteSpace(text[end]))
                {
                    end++;
                }

                words.Add((at, text[at..end]));
                at = end;
            }
        }

        return words;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();

    [GeneratedRegex("(?<![0-9A-Za-z-])([1-7])/([1-7])")]
    private static partial Regex OpenSteps();

    [GeneratedRegex("^([*]|[0-9]+-[0-9]+)/1$")]
    private static partial Regex StepOfOne();

    /// <param name="Most">The greatest number in it.</param>
    private sealed record Field(string Name, int Most, string Values);
}
