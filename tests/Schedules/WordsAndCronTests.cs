using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>A schedule in words fires when the cron expression of the same meaning does, also where clocks are put forward and back.</summary>
public sealed class WordsAndCronTests(ITestOutputHelper output)
{
    private static readonly string[] Zones =
    [
        "UTC", "America/New_York", "America/St_Johns", "America/Havana", "America/Santiago", "Europe/Berlin", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut",
        "Asia/Gaza", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Chatham", "Pacific/Apia", "Antarctica/Troll",
    ];

    [Fact]
    public void Words_fire_when_their_cron_expression_does()
    {
        var seed = Environment.GetEnvironmentVariable("CRON_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Environment.TickCount;
        output.WriteLine($"CRON_SEED={seed}");
        var random = new Random(seed);
        List<string> differences = [];
        var compared = 0;
        foreach (var zone in Zones.Select(name => TimeZoneInfo.FindSystemTimeZoneById(name)))
        {
            foreach (var from in CronTests.Changes(zone).SelectMany(change => Enumerable.Repeat(change.AddHours(-random.Next(1, 40)), 6)))
            {
                // Most clocks are changed in the first hours of a day.
                var (hour, minute, date) = (random.Next(5), random.Next(60), Math.Min(from.Day + random.Next(3), 28));
                foreach (var (words, cron) in new[]
                {
                    ($"every day at {hour:00}:{minute:00}", $"{minute} {hour} * * *"),
                    ($"every weekday at {hour:00}:{minute:00}", $"{minute} {hour} * * MON-FRI"),
                    ($"every week on SAT, SUN at {hour:00}:{minute:00}", $"{minute} {hour} * * SAT,SUN"),
                    ($"every month on day {date} at {hour:00}:{minute:00}", $"{minute} {hour} {date} * *"),
                    ($"every month on last SUN at {hour:00}:{minute:00}", $"{minute} {hour} * * 0L"),
                })
                {
                    compared++;
                    var (told, expected) = (After(words, from, zone), After(cron, from, zone));
                    if (!told.SequenceEqual(expected))
                    {
                        differences.Add($"\"{words}\" in {zone.Id} after {from:u}: {string.Join(", ", told.Select(at => $"{at:u}"))}; \"{cron}\": {string.Join(", ", expected.Select(at => $"{at:u}"))}");
                    }
                }
            }
        }

        output.WriteLine($"{compared} pairs compared");
        Assert.True(differences.Count == 0, string.Join("\n", differences.Take(5)));
        Assert.InRange(compared, 500, int.MaxValue);
    }

    private static List<DateTimeOffset> After(string text, DateTimeOffset from, TimeZoneInfo zone) =>
        [.. Recurrence.Parse(text).After(from, zone, from).Take(4).Select(at => at.ToUniversalTime())];
}
