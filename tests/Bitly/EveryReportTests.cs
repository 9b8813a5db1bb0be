using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly;
using ConnectorPlatform.Connectors.Bitly.Reports;
using ConnectorPlatform.Tests.Forms;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>What holds for every report, or for every one with a period.</summary>
public sealed class EveryReportTests
{
    /// <summary>What Bitly may answer, and what the user reads then.</summary>
    private static readonly (int Status, string Body, FailureKind Kind, string Words)[] Refusals =
    [
        (400, """{"message":"INVALID_ARG_UNIT","errors":[{"field":"unit","error_code":"invalid"}]}""", FailureKind.Details, "unit invalid"),
        (401, """{"message":"FORBIDDEN"}""", FailureKind.Credentials, "reconnect the account"),
        (402, """{"message":"UPGRADE_REQUIRED"}""", FailureKind.Details, "plan does not include"),
        (403, """{"message":"FORBIDDEN"}""", FailureKind.Details, "belongs to another account"),
        (403, """{"message":"RATE_LIMIT_EXCEEDED"}""", FailureKind.Source, "rate limit is reached"),
        (404, "404 page not found", FailureKind.Details, "does not know"),
        (410, """{"message":"GONE"}""", FailureKind.Details, "was deleted"),
        (422, """{"message":"UNPROCESSABLE","description":"No such unit."}""", FailureKind.Details, "No such unit."),
        (429, """{"message":"RATE_LIMIT_EXCEEDED"}""", FailureKind.Source, "rate limit is reached"),
        (429, """{"message":"API_USAGE_LIMIT_EXCEEDED"}""", FailureKind.Source, "monthly limit"),
        (500, """{"message":"INTERNAL_ERROR"}""", FailureKind.Source, "not available at the moment (500)"),
        (502, "<html>", FailureKind.Source, "not available at the moment (502)"),
        (503, """{"message":"TEMPORARILY_UNAVAILABLE"}""", FailureKind.Source, "not available at the moment (503)"),
    ];

    private static readonly DateTimeOffset Now = new(2026, 10, 30, 12, 30, 0, TimeSpan.Zero);

    public static TheoryData<string> All => [.. ReportCatalog.Names];

    /// <summary>Those with Unit, Number of Units, Time Zone and Roll Up.</summary>
    public static TheoryData<string> WithPeriod => [.. BitlyFormTests.Reports.Where(row => row.Data.Item4 is not null).Select(row => row.Data.Item1)];

    /// <summary>Those that read a list page by page.</summary>
    public static TheoryData<string> OfLists =>
        ["bitlinks", "qr_codes", "link_encoders", "link_encoders_by_count", "link_encoders_count", "popular_links", "popular_owned_by_clicks", "popular_owned_by_shortens"];

    /// <summary>A report, a zone, and a time two days after its clocks changed; India's never do.</summary>
    public static TheoryData<string, string, string> Zones => [.. WithPeriod.SelectMany(report => new (string, string, string)[]
    {
        (report.Data, "America/New_York", "2026-03-10T15:30:00Z"),
        (report.Data, "America/New_York", "2026-11-03T15:30:00Z"),
        (report.Data, "+05:30", "2026-10-30T15:30:00Z"),
    })];

    public static TheoryData<string, int> Statuses => [.. ReportCatalog.Names.SelectMany(report => Refusals.Select((_, index) => (report, index)))];

    [Fact]
    public void The_forms_table_has_every_report() =>
        Assert.Equal(ReportCatalog.Names.Order(), BitlyFormTests.Reports.Select(row => row.Data.Item1).Order());

    [Theory]
    [MemberData(nameof(WithPeriod))]
    public async Task Rolled_up_there_is_no_date_and_the_total_of_what_has_dates(string report)
    {
        var rolledUp = await Bitly().Run().ReadAsync(Details(report, 3, rollUp: true));
        var byUnit = await Bitly().Run().ReadAsync(Details(report, 3, rollUp: false));

        Assert.All(rolledUp, row => Assert.DoesNotContain("date", row.Keys));
        Assert.All(byUnit, row => Assert.InRange((DateTime)row["date"]!, new DateTime(2026, 10, 28), new DateTime(2026, 10, 30)));
        Assert.Equal(IsOfTheList(report) ? 2 : 24 + 24 + 13, Total(rolledUp));
        Assert.Equal(Total(rolledUp), Total(byUnit));
    }

    [Theory]
    [MemberData(nameof(WithPeriod))]
    public async Task All_units_are_all_there_is_and_a_small_number_is_as_many(string report)
    {
        var bitly = Bitly();

        var all = await bitly.Run().ReadAsync(Details(report, -1, rollUp: true));
        var two = await Bitly().Run().ReadAsync(Details(report, 2, rollUp: true));

        Assert.Equal(IsOfTheList(report) ? 2 : 72, Total(all));
        Assert.Equal(IsOfTheList(report) ? 2 : 24 + 13, Total(two));
        Assert.Contains(bitly.Handler.Requests, request => IsOfTheList(report) || request.Contains("units=-1", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Zones))]
    public async Task Days_begin_at_midnight_of_the_zone_whatever_its_clocks_do(string report, string zone, string time)
    {
        var now = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        var local = ReportZone.Parse(JsonSerializer.SerializeToElement(zone));
        var days = Enumerable.Range(0, 4).Select(back => local.Shift(TimeUnit.Day, local.StartOf(TimeUnit.Day, now), -back)).Order().ToList();
        var bitly = new FakeBitly(now, FakeBitly.OneInEachHour(now, 24 * 7));

        var rows = await bitly.Run().ReadAsync(Details(report, 4, rollUp: false, zone));

        Assert.Subset(days.Select(day => day.UtcDateTime).ToHashSet(), rows.Select(row => (DateTime)row["date"]!).ToHashSet());
        if (IsSeries(report))
        {
            var hours = days.SkipLast(1).ToDictionary(day => day.UtcDateTime, day => (long)(local.Shift(TimeUnit.Day, day, 1) - day).TotalHours);
            Assert.Equal(hours, rows.Where(row => hours.ContainsKey((DateTime)row["date"]!)).ToDictionary(row => (DateTime)row["date"]!, row => Total([row])));
        }
        else if (!IsOfTheList(report))
        {
            Assert.All(days, day => Assert.Contains(bitly.Handler.Requests, request => request.Contains(
                $"units=1&unit_reference={Uri.EscapeDataString(BitlyTime.Format(local.ToLocal(local.Shift(TimeUnit.Day, day, 1).AddSeconds(-1))))}", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Where_there_is_nothing_no_row_is_made_up(string report)
    {
        var nothing = new FakeBitly(Now, []);

        var rows = await nothing.Run().ReadAsync(Details(report, 3, rollUp: !IsSeries(report)));

        // One tells of the link, which there is; the other counts its encoders.
        Assert.Equal(report is "link_information" or "link_encoders_count" ? 1 : 0, rows.Count);
        Assert.All(rows, row => Assert.True(row.GetValueOrDefault("encoders") is null or 0L));
    }

    [Theory]
    [MemberData(nameof(OfLists))]
    public async Task A_list_is_read_to_its_last_page(string report)
    {
        var bitly = Bitly();

        var rows = await bitly.Run().ReadAsync(Details(report, 3, rollUp: true));

        Assert.Contains(bitly.Handler.Requests, request => request.Contains("search_after=next", StringComparison.Ordinal));
        Assert.All(rows.Where(row => row.ContainsKey("long_url")), row => Assert.NotNull(row["long_url"]));
        Assert.Equal(report is "popular_links" or "popular_owned_by_clicks" or "popular_owned_by_shortens" or "link_encoders_count" ? 1 : 2, rows.Count);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Each_refusal_of_Bitly_says_who_must_act(string report, int refusal)
    {
        var (status, body, kind, words) = Refusals[refusal];

        var failure = await Assert.ThrowsAsync<ConnectorException>(() =>
            new BitlyRun(new ReplyingHandler(_ => (status, body)), Now).ReadAsync(Details(report, 3, rollUp: true)));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static FakeBitly Bitly() => new(Now, FakeBitly.OneInEachHour(Now, 72));

    private static object Details(string report, int units, bool rollUp, string zone = "UTC") => new
    {
        report,
        bitly_link = FakeBitly.Link,
        group = "g",
        organization = "o",
        qr_code = "q",
        unit = "day",
        units,
        time_zone = zone,
        roll_up = rollUp,
    };

    private static bool IsSeries(string report) => BitlyFormTests.Reports.Any(row => row.Data.Item1 == report && row.Data.Item4 is false);

    /// <summary>Counts links by their dates of creation instead of clicks.</summary>
    private static bool IsOfTheList(string report) => report == "popular_owned_by_shortens";

    private static long Total(IEnumerable<IReadOnlyDictionary<string, object?>> rows) =>
        rows.Sum(row => (long)row[new[] { "engagements", "scans", "shortens", "clicks" }.First(row.ContainsKey)]!);
}
