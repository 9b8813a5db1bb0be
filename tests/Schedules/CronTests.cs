using System.Globalization;
using ConnectorPlatform.Host.Schedules;
using Cronos;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>Cron expressions against another library, where clocks are put forward and back.</summary>
public sealed class CronTests(ITestOutputHelper output)
{
    private const int Expressions = 500;
    private const int FiresCompared = 8;

    private static readonly DateTimeOffset EndOf2026 = new(2026, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>In Ramadan the clock is an hour behind; told here as that of the other months being one ahead.</summary>
    private static readonly TimeZoneInfo Morocco = TimeZoneInfo.CreateCustomTimeZone("Morocco", TimeSpan.Zero, "Morocco", "Morocco", "Morocco", [
        TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            new DateTime(2025, 1, 1),
            new DateTime(2026, 12, 31),
            TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 22),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 2, 15)),
        ]);

    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "America/St_Johns", "America/Havana", "America/Santiago", "America/Asuncion", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Africa/Casablanca",
        "Africa/Cairo", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Chatham", "Pacific/Apia", "Antarctica/Troll",
    ];

    [Fact]
    public void Next_fires_equal_those_of_another_library_around_changes_of_the_clock()
    {
        var seed = Environment.GetEnvironmentVariable("CRON_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        output.WriteLine($"CRON_SEED={seed}");
        var random = new Random(seed);
        var changes = Zones.Select(name => TimeZoneInfo.FindSystemTimeZoneById(name)).ToDictionary(zone => zone, Changes);
        List<string> differences = [];
        var compared = 0;
        foreach (var text in Enumerable.Range(0, Expressions).Select(_ => RandomCron.Next(random)))
        {
            var ours = Recurrence.Parse(text);
            var other = RandomCron.Reference(text);
            foreach (var (zone, moments) in changes)
            {
                foreach (var from in moments.Select(moment => moment.AddHours(-random.Next(1, 30))))
                {
                    // Ramadan moves from year to year, and with it the clocks of Morocco.
                    var end = zone.Id == "Africa/Casablanca" ? EndOf2026 : DateTimeOffset.MaxValue;
                    var expected = other(from, Twin(zone)).Take(FiresCompared).TakeWhile(at => at < end).ToList();
                    var actual = ours.After(from, zone, null).Take(FiresCompared).TakeWhile(at => at < end).ToList();
                    compared += expected.Count;
                    if (!actual.SequenceEqual(expected))
                    {
                        differences.Add($"\"{text}\" in {zone.Id} after {from:u}: {string.Join(", ", actual.Select(at => at.ToString("u")))} instead of {string.Join(", ", expected.Select(at => at.ToString("u")))}");
                    }
                }
            }
        }

        output.WriteLine($"{compared} fires compared");
        Assert.True(differences.Count == 0, string.Join("\n", differences.Take(5)));
        Assert.InRange(compared, 20_000, int.MaxValue);
    }

    [Theory]
    [InlineData("0 9 1 * MON", "2026-11-30T09:00Z 2026-12-01T09:00Z 2026-12-07T09:00Z")]
    [InlineData("30 6 * * 7", "2026-11-29T06:30Z 2026-12-06T06:30Z 2026-12-13T06:30Z")]
    [InlineData("15 30 6 * * 0", "2026-11-29T06:30:15Z 2026-12-06T06:30:15Z 2026-12-13T06:30:15Z")]
    [InlineData("15 30 6 ? * 5#2", "2026-12-11T06:30:15Z 2027-01-08T06:30:15Z 2027-02-12T06:30:15Z")]
    [InlineData("@hourly", "2026-11-24T01:00Z 2026-11-24T02:00Z 2026-11-24T03:00Z")]
    public void Fields_mean_what_crontab_says(string text, string expected) =>
        Assert.Equal(
            expected.Split(' ').Select(at => DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)),
            Recurrence.Parse(text).After(DateTimeOffset.Parse("2026-11-24T00:00Z", CultureInfo.InvariantCulture), TimeZoneInfo.Utc, null).Take(3));

    [Theory]
    [InlineData("Europe/Dublin", "53 1 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T00:53Z 2026-03-31T00:53Z")]
    [InlineData("Europe/Dublin", "*/30 1 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T00:00Z 2026-03-30T00:30Z")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")]
    [InlineData("Europe/Dublin", "*/30 1 * * *", "2026-10-24T12:00Z", "2026-10-25T00:00Z 2026-10-25T00:30Z 2026-10-25T01:00Z 2026-10-25T01:30Z 2026-10-26T01:00Z")]
    [InlineData("Africa/Casablanca", "26 2 * * *", "2026-03-21T12:00Z", "2026-03-22T02:00Z 2026-03-23T01:26Z")]
    [InlineData("Africa/Casablanca", "30 2 * * *", "2026-02-14T12:00Z", "2026-02-15T01:30Z 2026-02-16T02:30Z")]
    public void Where_summer_is_the_standard_time_a_schedule_goes_on_through_the_change(string zone, string text, string from, string expected) =>
        Assert.Equal(
            expected.Split(' ').Select(at => DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)),
            Recurrence.Parse(text).After(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone), null).Take(expected.Split(' ').Length));

    [Fact]
    public void Where_the_clock_is_put_back_by_half_an_hour_a_doubled_time_runs_once() =>
        Assert.Equal(
            ["14:28:19", "14:28:59", "14:59:19", "14:59:59", "14:58:19"],
            Recurrence.Parse("19,59 28,59 1 * * *").After(new DateTimeOffset(2026, 4, 4, 8, 0, 0, TimeSpan.Zero), TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe"), null)
                .Take(5).Select(at => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("61 * * * *", "position 1 (\"61\"): the minute takes 0 to 59")]
    [InlineData("0 24 * * *", "position 3 (\"24\"): the hour takes 0 to 23")]
    [InlineData("0 0 32 * *", "the day of the month takes 1 to 31")]
    [InlineData("0  0 1 JUM *", "position 8 (\"JUM\"): the month takes")]
    [InlineData("0 0 * * MON-FRY", "position 9 (\"MON-FRY\"): the day of the week takes")]
    [InlineData("0 0 * * 8", "the day of the week takes")]
    [InlineData("99 0 0 * * *", "position 1 (\"99\"): the second takes 0 to 59")]
    [InlineData("*/0 * * * *", "the minute takes")]
    [InlineData("0 9 * *", "has 4 fields; it has five (minute, hour")]
    [InlineData("0 9 * * * * 2027", "has 7 fields")]
    [InlineData("@fortnightly", "@hourly, @daily")]
    [InlineData("H * * * *", "cannot be read at position 1")]
    public void A_wrong_expression_is_told_with_its_place_and_an_example(string text, string words)
    {
        var message = Assert.Throws<Host.PlatformException>(() => Recurrence.Parse(text)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Matches("xample|such as|it is @", message);
    }

    [Theory]
    [InlineData("0 9 * * MON-FRI", "At 09:00 on Monday to Friday.")]
    [InlineData("0,30 8 1 * *", "At 08:00 and 08:30 on day 1 of the month.")]
    [InlineData("*/15 8-18 * * *", "Every 15 minutes of hour 8 to 18 every day.")]
    [InlineData("* * * * *", "Every minute every day.")]
    [InlineData("5 0 L * *", "At 00:05 on the last day of the month.")]
    [InlineData("5 0 * JAN,JUL 5L", "At 00:05 on the last Friday of the month in January and July.")]
    [InlineData("30 15 6 ? * 6#2", "At 06:15:30 on the 2. Saturday of the month.")]
    [InlineData("0 9 1 * MON", "At 09:00 on day 1 of the month and also on Monday.")]
    public void An_expression_is_echoed_in_words(string text, string words) => Assert.Equal(words, Recurrence.Parse(text).Describe());

    /// <summary>
    /// The other library stands still for ever where a zone counts its summer as the standard time. There it is asked with a zone whose clock shows the same and that counts as others do.
    /// </summary>
    private static TimeZoneInfo Twin(TimeZoneInfo zone) => zone.Id switch
    {
        "Europe/Dublin" => TimeZoneInfo.FindSystemTimeZoneById("Europe/London"),
        "Africa/Casablanca" => Morocco,
        _ => zone,
    };

    /// <summary>The hours of 2026 in which the zone's clock is changed; some hour where it never is.</summary>
    internal static List<DateTimeOffset> Changes(TimeZoneInfo zone)
    {
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var moments = Enumerable.Range(0, 366 * 24).Select(hour => from.AddHours(hour)).Where(hour => zone.GetUtcOffset(hour) != zone.GetUtcOffset(hour.AddHours(1))).ToList();
        return moments.Count > 0 ? moments : [from.AddDays(100)];
    }
}

/// <summary>Cron expressions as people and machines write them, and what the reference says of them.</summary>
internal static class RandomCron
{
    /// <summary>A day field that names every day limits nothing, however it is written.</summary>
    private static readonly string[] NamesAll = ["*", "*/1", "1/1", "0/1", "0-6", "0-6/1"];

    public static string Next(Random random)
    {
        var date = random.Next(3) == 0 ? Pick(random, "L", "LW", "15W", "L-3", Field(random, 1, 28)) : "*";
        var day = random.Next(3) == 0 ? Pick(random, "SUN", "MON-FRI", $"6#{random.Next(1, 5)}", $"{random.Next(7)}L", Field(random, 0, 6)) : "*";
        var month = random.Next(6) == 0 ? Field(random, 1, 12) : "*";
        // Most changes of clocks are in the first hours of the day.
        var hour = random.Next(2) == 0 ? Field(random, 0, 23) : random.Next(4).ToString(CultureInfo.InvariantCulture);
        var seconds = random.Next(4) == 0 ? $"{Field(random, 0, 59)} " : "";
        return $"{seconds}{Field(random, 0, 59)} {hour} {date} {month} {day}";
    }

    /// <summary>The reference asks both day fields to match, crontab and the platform one of them: their union is two expressions of it.</summary>
    public static Func<DateTimeOffset, TimeZoneInfo, IEnumerable<DateTimeOffset>> Reference(string text)
    {
        var fields = text.Split(' ');
        string[] texts = NamesAll.Contains(fields[^3]) || NamesAll.Contains(fields[^1]) ? [text] : [string.Join(' ', [.. fields[..^1], "*"]), string.Join(' ', [.. fields[..^3], "*", .. fields[^2..]])];
        var expressions = texts.Select(one => CronExpression.Parse(one, fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard)).ToList();
        return (from, zone) => Union(expressions, from, zone);
    }

    private static IEnumerable<DateTimeOffset> Union(List<CronExpression> expressions, DateTimeOffset after, TimeZoneInfo zone)
    {
        while (expressions.Select(expression => expression.GetNextOccurrence(after, zone)).Min() is { } next)
        {
            yield return next.ToUniversalTime();
            after = next;
        }
    }

    private static string Field(Random random, int low, int high)
    {
        var middle = (low + high) / 2;
        return random.Next(7) switch
        {
            0 => "*",
            1 => $"*/{random.Next(1, high - low + 1)}",
            2 => $"{random.Next(low, middle)}-{random.Next(middle, high + 1)}",
            3 => $"{random.Next(low, high + 1)},{random.Next(low, high + 1)}",
            4 => $"{random.Next(low, middle)}-{random.Next(middle, high + 1)}/{random.Next(1, 6)}",
            5 => $"{random.Next(low, high + 1)}/{random.Next(2, ((high - low) / 2) + 2)}",
            _ => random.Next(low, high + 1).ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
