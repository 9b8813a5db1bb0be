using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Schedules;

public sealed class RecurrenceTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("every 15 minutes", "Every 15 minutes.")]
    [InlineData("EVERY hour between 8:00 and 18:00 on monday, WED - x", null)]
    [InlineData("every 20 minutes between 08:00 and 18:00 on MON, TUE", "Every 20 minutes on Monday and Tuesday: the first at 08:00, the last not after 18:00 (a run at 18:00 itself is included).")]
    [InlineData("every hour between 22:00 and 06:00", "Every hour: the first at 22:00, the last not after 06:00 of the next day (a run at 06:00 itself is included).")]
    [InlineData("every day at 09:00, 17:00", "Every day at 09:00 and 17:00.")]
    [InlineData("every 3 days at 09:00", "Every 3 days at 09:00.")]
    [InlineData("every weekday at 07:30", "Every weekday (Monday to Friday) at 07:30.")]
    [InlineData("every 2 weeks on MON, THU at 06:00", "Every 2 weeks on Monday and Thursday at 06:00.")]
    [InlineData("every month on day 1, day 31 at 06:00", "Every month on day 1 and day 31 (the last day of shorter months) at 06:00.")]
    [InlineData("every 3 months on last day at 06:00", "Every 3 months on the last day at 06:00.")]
    [InlineData("every month on 2nd SUN, last FRI at 06:00", "Every month on the 2nd Sunday and the last Friday at 06:00.")]
    [InlineData("manually", "Only when somebody starts it.")]
    [InlineData("after Sales 2026", "Whenever a run of the DataSet \"Sales 2026\" has succeeded.")]
    public void Words_are_read_kept_and_told(string text, string? words)
    {
        if (words is null)
        {
            Assert.Contains("days such as MON or MON-FRI", Assert.Throws<Host.PlatformException>(() => Recurrence.Parse(text)).Message, StringComparison.Ordinal);
            return;
        }

        var read = Recurrence.Parse(text);

        Assert.Equal((text, words), (read.Text, read.Describe()));
        Assert.Equal(text, Recurrence.Parse(read.Text).Text);
    }

    [Theory]
    [InlineData("every 5 minuts", "position 9 (\"minuts\"): minutes, hours")]
    [InlineData("every 0 days", "position 7 (\"0\"): a number from 1 to 1000")]
    [InlineData("every", "position 6 (its end): minutes, hours")]
    [InlineData("every day at 25:00", "position 14 (\"25:00\"): a time of day")]
    [InlineData("every day on MON at 09:00", "position 11 (\"on\"): nothing more")]
    [InlineData("every hour between 08:00 to 18:00", "position 26 (\"to\"): \"and\"")]
    [InlineData("every month on day 32", "a day from 1 to 31")]
    [InlineData("every month on 2nd", "(its end): \"day 15\"")]
    [InlineData("daily", "position 1 (\"daily\")")]
    [InlineData("", "The schedule is empty")]
    public void Wrong_words_are_told_with_their_place_and_an_example(string text, string words)
    {
        var message = Assert.Throws<Host.PlatformException>(() => Recurrence.Parse(text)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("every 15 minutes between 08:00 and 18:00", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("every day at 17:00, 09:00", "2026-11-24T09:00 2026-11-24T17:00 2026-11-25T09:00")]
    [InlineData("every weekday at 07:30", "2026-11-24T07:30 2026-11-25T07:30 2026-11-26T07:30 2026-11-27T07:30 2026-11-30T07:30")]
    [InlineData("every 2 weeks on TUE, SUN at 06:00", "2026-12-01T06:00 2026-12-06T06:00 2026-12-15T06:00 2026-12-20T06:00")]
    [InlineData("every month on day 31 at 06:00", "2026-11-30T06:00 2026-12-31T06:00 2027-01-31T06:00 2027-02-28T06:00")]
    [InlineData("every 3 months on 2nd SUN, last day at 06:00", "2027-01-10T06:00 2027-01-31T06:00 2027-04-11T06:00 2027-04-30T06:00")]
    [InlineData("every 50 minutes between 08:00 and 09:40", "2026-11-24T08:00 2026-11-24T08:50 2026-11-24T09:40 2026-11-25T08:00")]
    [InlineData("every hour between 23:00 and 01:00 on TUE", "2026-11-24T23:00 2026-11-25T00:00 2026-11-25T01:00 2026-12-01T23:00")]
    [InlineData("every 6 hours on WED", "2026-11-25T00:00 2026-11-25T06:00 2026-11-25T12:00 2026-11-25T18:00 2026-12-02T00:00")]
    public void Times_come_as_the_words_say(string text, string expected) => Assert.Equal(expected, Locals(text, "2026-11-24T00:00", expected.Split(' ').Length));

    [Theory]
    [InlineData("every day at 02:30", "2026-03-28T12:00", "2026-03-29T03:00 2026-03-30T02:30")]
    [InlineData("every day at 02:15, 02:45, 03:00", "2026-03-28T12:00", "2026-03-29T03:00 2026-03-30T02:15")]
    [InlineData("every day at 02:30", "2026-10-24T12:00", "2026-10-25T02:30 2026-10-26T02:30")]
    [InlineData("every 30 minutes between 01:30 and 03:00", "2026-03-28T12:00", "2026-03-29T01:30 2026-03-29T03:00 2026-03-30T01:30")]
    [InlineData("every 30 minutes between 01:30 and 03:00", "2026-10-24T12:00", "2026-10-25T01:30 2026-10-25T02:00 2026-10-25T02:30 2026-10-25T02:00 2026-10-25T02:30 2026-10-25T03:00")]
    [InlineData("every 2 hours", "2026-03-28T23:30", "2026-03-29T00:00 2026-03-29T03:00 2026-03-29T05:00")]
    public void Where_the_clock_is_changed_a_skipped_time_runs_at_the_jump_a_doubled_one_once_and_intervals_go_on(string text, string from, string expected) =>
        Assert.Equal(expected, Locals(text, from, expected.Split(' ').Length));

    [Fact]
    public void Of_a_time_that_comes_twice_the_first_is_the_one_that_runs() =>
        Assert.Equal(
            [new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), new DateTimeOffset(2026, 10, 26, 1, 30, 0, TimeSpan.Zero)],
            Recurrence.Parse("every day at 02:30").After(Instant("2026-10-24T12:00"), Berlin, null).Take(2));

    [Fact]
    public void A_zone_that_left_out_a_day_runs_its_fire_at_the_jump()
    {
        var apia = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia");
        var fires = Recurrence.Parse("every day at 09:00").After(DateTimeOffset.Parse("2011-12-29T10:00-10:00", CultureInfo.InvariantCulture), apia, null).Take(2);

        Assert.Equal(["2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"], fires.Select(at => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Intervals_count_from_the_start_and_end_with_the_end()
    {
        var schedule = Samples.Schedule("every 45 minutes") with { Start = Instant("2026-11-24T08:10"), End = Instant("2026-11-24T09:40") };

        Assert.Equal(
            ["08:10", "08:55", "09:40"],
            Occurrence.Of(schedule, Instant("2026-11-01T00:00")).Select(fire => TimeZoneInfo.ConvertTime(fire.At, Berlin).ToString("HH:mm", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Jitter_is_within_its_bound_and_always_the_same_for_the_same_fire()
    {
        var schedule = Samples.Schedule("every 15 minutes") with { Jitter = TimeSpan.FromMinutes(5) };
        var fires = Occurrence.Of(schedule, Samples.Now).Take(200).ToList();

        Assert.Equal(fires, Occurrence.Of(schedule, Samples.Now).Take(200));
        Assert.All(fires, fire => Assert.InRange(fire.FiresAt - fire.At, TimeSpan.Zero, TimeSpan.FromMinutes(5)));
        Assert.InRange(fires.Average(fire => (fire.FiresAt - fire.At).TotalSeconds), 120, 180);
        Assert.InRange(fires.Select(fire => (int)(fire.FiresAt - fire.At).TotalSeconds).Distinct().Count(), 100, 200);
    }

    [Theory]
    [InlineData("every day at 02:30", "2026-03-28T12:00", "moved from 02:30: the clock is put forward from 02:00 to 03:00")]
    [InlineData("30 2 * * *", "2026-03-28T12:00", "moved from 02:30: the clock is put forward from 02:00 to 03:00")]
    [InlineData("*/30 * * * *", "2026-03-29T01:30", "02:00, 02:30 dropped on 2026-03-29: the clock is put forward from 02:00 to 03:00")]
    [InlineData("every day at 02:30", "2026-10-24T12:00", "02:30 comes twice, since the clock is put back from 03:00 to 02:00, and runs once")]
    [InlineData("30 * * * *", "2026-10-25T01:45", "doubled: 02:30 comes twice, since the clock is put back from 03:00 to 02:00, and runs both times")]
    [InlineData("every 2 hours", "2026-03-29T00:30", "the clock is put forward from 02:00 to 03:00 before it; the interval goes on by elapsed time")]
    [InlineData("every day at 12:00", "2026-03-28T12:00", "")]
    public void A_preview_tells_what_daylight_saving_does_to_a_fire(string text, string from, string note) =>
        Assert.Equal(note, string.Join("; ", Preview.Of(Samples.Schedule(text), Instant(from), 1)[0].Notes));

    [Fact]
    public void A_preview_leaves_out_blackout_dates_and_says_so()
    {
        var schedule = Samples.Schedule("every day at 09:00") with { Blackout = [DateSpan.Parse("2026-12-24..2026-12-26"), DateSpan.Parse("2027-01-01")] };

        var fires = Preview.Of(schedule, Instant("2026-12-23T12:00"), 7);

        Assert.Equal("2026-12-27 2026-12-28 2026-12-29 2026-12-30 2026-12-31 2027-01-02 2027-01-03", string.Join(' ', fires.Select(fire => fire.Local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))));
        Assert.Equal(("3 fires before it left out for blackout dates", "one fire before it left out for blackout dates"), (fires[0].Notes[0], fires[5].Notes[0]));
    }

    private static string Locals(string text, string from, int count) => string.Join(' ', Recurrence.Parse(text).After(Instant(from), Berlin, null).Take(count)
        .Select(at => TimeZoneInfo.ConvertTime(at, Berlin).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)));

    private static DateTimeOffset Instant(string local) => LocalTimes.First(Berlin, DateTime.Parse(local, CultureInfo.InvariantCulture)).AddSeconds(local.EndsWith("T00:00", StringComparison.Ordinal) ? -1 : 0);
}

internal static class Samples
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static Schedule Schedule(string text, string id = "schedule-1") => new()
    {
        Id = id,
        DataSetId = "dataset-1",
        Recurrence = Recurrence.Parse(text),
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
        CreatedAt = Now.AddYears(-1),
    };
}
