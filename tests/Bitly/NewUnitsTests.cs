using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using CsCheck;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>Series that go on where the last run ended.</summary>
public sealed class NewUnitsTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A click in every hour, and runs at any times over three weeks with a daylight-saving change.</summary>
    [Theory]
    [InlineData("wait")]
    [InlineData("read_again")]
    public async Task However_often_runs_add_rows_each_complete_day_is_there_once_with_all_its_clicks(string lateClicks) => await Gen.Int[1, 60].Array[1, 8].SampleAsync(
        async pauses =>
        {
            var (now, state) = (Begin.AddDays(3), default(JsonElement?));
            var days = new Dictionary<DateTime, long>();
            foreach (var pause in pauses)
            {
                now = now.AddHours(pause);
                (var rows, state) = await ReadAsync(now, state, lateClicks, isAppendOnly: true);
                rows.ForEach(row => days.Add(row.Date, row.Clicks));
            }

            var zone = ReportZone.Parse(JsonSerializer.SerializeToElement("America/New_York"));
            var end = zone.StartOf(TimeUnit.Day, now.AddHours(-6));
            Assert.Equal(days.Count == 0 ? 0 : (end - days.Keys.Min()).TotalHours, days.Values.Sum());
            Assert.All(days, day => Assert.Equal((zone.Shift(TimeUnit.Day, day.Key, 1) - day.Key).TotalHours, day.Value));
        },
        iter: 50);

    /// <summary>Each hour has two clicks, one of which Bitly counts three hours late.</summary>
    [Fact]
    public async Task Read_again_late_clicks_come_into_the_rows_of_their_days_and_no_run_has_a_day_twice() => await Gen.Int[1, 60].Array[2, 8].SampleAsync(
        async pauses =>
        {
            var (now, state) = (Begin.AddDays(3), default(JsonElement?));
            var days = new SortedDictionary<DateTime, long>();
            foreach (var pause in pauses)
            {
                now = now.AddHours(pause);
                (var rows, state) = await ReadAsync(now, state, "read_again", start => start < now.AddHours(-3) ? 2 : 1);
                Assert.Equal(rows.Count, rows.DistinctBy(row => row.Date).Count());
                rows.ForEach(row => days[row.Date] = row.Clicks);
            }

            var zone = ReportZone.Parse(JsonSerializer.SerializeToElement("America/New_York"));
            Assert.Equal(zone.StartOf(TimeUnit.Day, now).UtcDateTime, zone.Shift(TimeUnit.Day, days.Keys.Last(), 1).UtcDateTime);
            Assert.All(days.SkipLast(1), day => Assert.Equal(2 * (zone.Shift(TimeUnit.Day, day.Key, 1) - day.Key).TotalHours, day.Value));
        },
        iter: 50);

    private static async Task<(List<(DateTime Date, long Clicks)> Rows, JsonElement? State)> ReadAsync(
        DateTimeOffset now, JsonElement? state, string lateClicks, Func<DateTimeOffset, int>? count = null, bool isAppendOnly = false)
    {
        var details = JsonSerializer.SerializeToElement(
            new { report = "link_clicks", bitly_link = "bit.ly/a", unit = "day", units = 2, time_zone = "America/New_York", only_new = true, late_clicks = lateClicks });
        var context = new BitlyRun(new ReplyingHandler(request => (200, Answer(request.RequestUri!, now, count ?? (_ => 1)))), now).Context(details);
        var resumed = new ConnectorContext { Http = context.Http, Details = details, Reporter = context.Reporter, Time = context.Time, State = state, IsAppendOnly = isAppendOnly };
        var rows = new List<(DateTime, long)>();
        await foreach (var batch in new BitlyConnector().ReadAsync(resumed, TestContext.Current.CancellationToken))
        {
            var (dates, clicks) = (new DateTime?[batch.Count], new long?[batch.Count]);
            batch.CopyColumn<DateTime?>(1, dates);
            batch.CopyColumn<long?>(2, clicks);
            rows.AddRange(dates.Zip(clicks, (date, count) => (DateTime.SpecifyKind(date!.Value, DateTimeKind.Utc), count!.Value)));
            state = batch.Checkpoint;
        }

        return (rows, state);
    }

    private static string Answer(Uri uri, DateTimeOffset now, Func<DateTimeOffset, int> count)
    {
        var units = int.Parse(uri.Query.Split("units=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture);
        var current = ReportZone.Utc.StartOf(TimeUnit.Hour, now);
        return JsonSerializer.Serialize(new
        {
            unit = "hour",
            units,
            link_clicks = Enumerable.Range(0, units).Select(hour => current.AddHours(-hour)).Select(start => new { date = BitlyTime.Format(start), clicks = count(start) }),
        });
    }
}
