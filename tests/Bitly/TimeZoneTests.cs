using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using CsCheck;

namespace ConnectorPlatform.Tests.Bitly;

public sealed class TimeZoneTests
{
    private const int Many = 3000;

    private static readonly DateTimeOffset Begin = new(2018, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Zones = Gen.OneOf(
        "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "America/Santiago",
        "Asia/Beirut", "America/St_Johns", "Pacific/Chatham", "Pacific/Kiritimati", "-14", "14", "-5", "+05:30");

    /// <summary>Hours with counts before a moment in 2018 to 2027, some of them years before.</summary>
    private static readonly Gen<Series> AnySeries = Gen.Select(
        Zones,
        Gen.OneOf(TimeUnit.Day, TimeUnit.Week, TimeUnit.Month),
        Gen.OneOf(Gen.Const(-1), Gen.Int[1, 20]),
        Gen.Int[0, 9 * 365 * 24 * 60],
        Gen.Select(Gen.OneOf(Gen.Int[0, 60], Gen.Int[0, 9000]), Gen.Int[0, 9]).Array[0, 80])
        .Select((zone, unit, units, minute, hours) =>
        {
            var now = Begin.AddYears(1).AddMinutes(minute);
            var current = ReportZone.Utc.StartOf(TimeUnit.Hour, now);
            return new Series(
                new Window(unit, units, ReportZone.Parse(JsonSerializer.SerializeToElement(zone)), now),
                [.. hours.DistinctBy(hour => hour.Item1).Select(hour => new Point(current.AddHours(-hour.Item1), hour.Item2))]);
        });

    /// <summary>Every series with its count.</summary>
    private static readonly (string Report, string Measure)[] Measures =
    [
        ("link_clicks", "clicks"), ("user_clicks", "clicks"), ("shorten_counts", "shortens"), ("organization_shorten_counts", "shortens"),
        ("link_engagements", "engagements"), ("group_engagements", "engagements"), ("qr_code_scans", "scans"),
    ];

    [Fact]
    public void Rebucketed_hours_lose_nothing_inside_the_window() => AnySeries.Sample(series =>
    {
        var inside = series.Hours.Where(hour => series.Window.First is not { } first || hour.Start.AddMinutes(30) >= first);
        Assert.Equal(inside.Sum(hour => hour.Count), series.Window.Rebucket(series.Hours).Sum(unit => unit.Count));
    }, iter: Many);

    [Fact]
    public void A_bucket_begins_with_the_first_instant_of_a_local_day_in_order_and_at_most_as_many_as_asked() => AnySeries.Sample(series =>
    {
        var (window, buckets) = (series.Window, series.Window.Rebucket(series.Hours).ToList());

        Assert.All(buckets, bucket => Assert.NotEqual(window.Zone.ToLocal(bucket.Start).Date, window.Zone.ToLocal(bucket.Start.AddTicks(-1)).Date));
        Assert.Equal(buckets.OrderBy(bucket => bucket.Start), buckets);
        Assert.True(window.Units < 0 || buckets.Count <= window.Units);
        Assert.All(buckets, bucket => Assert.True(bucket.Start <= window.Now));
        Assert.All(buckets, bucket => Assert.True(window.Unit switch
        {
            TimeUnit.Week => window.Zone.ToLocal(bucket.Start).DayOfWeek == DayOfWeek.Monday,
            TimeUnit.Month => window.Zone.ToLocal(bucket.Start).Day == 1,
            _ => true,
        }));
    }, iter: Many);

    [Fact]
    public void An_instant_lies_between_the_start_of_its_unit_and_the_start_of_the_next() =>
        Gen.Select(Zones, Gen.Enum<TimeUnit>(), Gen.Int[0, 10 * 365 * 24 * 60]).Sample((name, unit, minute) =>
        {
            var zone = ReportZone.Parse(JsonSerializer.SerializeToElement(name));
            var instant = Begin.AddMinutes(minute);
            var start = zone.StartOf(unit, instant);

            Assert.True(start <= instant && instant < zone.Shift(unit, start, 1), $"{name} {unit} {instant:o}: {start:o}");
            Assert.Equal(start, zone.StartOf(unit, start));
            Assert.Equal(start, zone.Shift(unit, zone.Shift(unit, start, 3), -3));
        }, iter: Many);

    [Fact]
    public async Task Rolled_up_is_the_sum_of_what_is_not() => await AnySeries.SampleAsync(
        async series =>
        {
            foreach (var (report, measure) in Measures)
            {
                var rows = await series.Run().TotalAsync(series.Details(report, rollUp: false), measure);
                Assert.Equal((report, rows), (report, await series.Run().TotalAsync(series.Details(report, rollUp: true), measure)));
            }
        },
        iter: 100);

    [Theory]
    [InlineData("\"America/New_York\"", false)]
    [InlineData("\"UTC\"", true)]
    [InlineData("\"Etc/UTC\"", true)]
    [InlineData("0", true)]
    [InlineData("\"+0\"", true)]
    [InlineData("-14", false)]
    [InlineData("\"UTC+05:30\"", false)]
    [InlineData("null", false)]
    public void A_time_zone_is_a_name_or_hours(string setting, bool isUtc) =>
        Assert.Equal(isUtc, ReportZone.Parse(JsonElement.Parse(setting)).IsUtc);

    [Theory]
    [InlineData("\"Europe/Atlantis\"")]
    [InlineData("15")]
    [InlineData("\"-14:30\"")]
    [InlineData("\"+05:75\"")]
    [InlineData("5.5")]
    [InlineData("\"../UTC\"")]
    [InlineData("true")]
    public void Another_time_zone_is_refused(string setting) =>
        Assert.Equal(FailureKind.Details, Assert.Throws<ConnectorException>(() => ReportZone.Parse(JsonElement.Parse(setting))).Kind);

    private sealed record Series(Window Window, IReadOnlyList<Point> Hours)
    {
        public object Details(string report, bool rollUp) => new
        {
            report,
            bitly_link = "bit.ly/abc",
            group = "g",
            organization = "o",
            qr_code = "q",
            unit = Window.NameOf(Window.Unit),
            units = Window.Units,
            time_zone = Window.Zone.Name,
            roll_up = rollUp,
        };

        public BitlyRun Run() => new FakeBitly(Window.Now, Hours).Run();
    }
}
