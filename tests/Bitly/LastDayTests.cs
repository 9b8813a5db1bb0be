using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>Days of the past: what Bitly is asked, and how a backfill asks for them.</summary>
public sealed class LastDayTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("UTC", "2025-01-31", "unit=day&units=31&unit_reference=2025-01-31T23%3A59%3A59%2B0000")]
    [InlineData("America/New_York", "2025-01-31", "unit=hour&units=768&unit_reference=2025-02-01T04%3A59%3A59%2B0000")]
    [InlineData("UTC", "2026-10-30", "unit=day&units=31")]
    [InlineData("UTC", "2099-01-01", "unit=day&units=31")]
    [InlineData("UTC", "", "unit=day&units=31")]
    public async Task The_units_end_with_the_last_day_in_the_reports_zone_unless_it_has_not_ended(string zone, string day, string query)
    {
        var bitly = new ReplyingHandler(_ => (200, """{"units":31,"unit":"day","link_clicks":[]}"""));

        await new BitlyRun(bitly, Now).ReadAsync(new { report = "link_clicks", bitly_link = "bit.ly/abc", unit = "day", units = 31, time_zone = zone, last_day = day });

        Assert.Equal($"GET /v4/bitlinks/bit.ly/abc/clicks?{query}", Assert.Single(bitly.Requests));
    }

    [Fact]
    public async Task Without_Roll_Up_each_day_up_to_the_last_one_is_asked_for()
    {
        var bitly = new ReplyingHandler(_ => (200, """{"units":1,"unit":"day","metrics":[{"value":"US","clicks":3}]}"""));

        var rows = await new BitlyRun(bitly, Now).ReadAsync(
            new { report = "link_countries", bitly_link = "bit.ly/abc", unit = "day", units = 2, time_zone = "UTC", roll_up = false, last_day = "2024-03-01" });

        Assert.Equal([new DateTime(2024, 2, 29), new DateTime(2024, 3, 1)], rows.Select(row => (DateTime)row["date"]!));
        Assert.Contains("unit_reference=2024-03-01T23%3A59%3A59%2B0000", bitly.Requests[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2025-02-30")]
    [InlineData("0001-01-01")]
    public async Task A_last_day_that_Bitly_cannot_know_is_refused_in_words(string day)
    {
        var bitly = new ReplyingHandler(_ => (200, "{}"));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() =>
            new BitlyRun(bitly, Now).ReadAsync(new { report = "link_clicks", bitly_link = "bit.ly/abc", units = 1, time_zone = "UTC", last_day = day }));

        Assert.Equal(FailureKind.Details, failure.Kind);
        Assert.Contains("which is no day since 2000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backfill_asks_for_the_days_of_its_slices_with_half_of_Bitlys_budget()
    {
        await using var platform = new TestPlatform();
        var dataSet = Add(platform, """{"report":"link_clicks","bitly_link":"bit.ly/abc","unit":"hour","units":3,"time_zone":"Europe/Berlin","roll_up":false}""");

        var plan = await PlanAsync(platform, dataSet);

        Assert.Equal(new RateBudget(50, 60), plan.Backfill.Budget);
        Assert.Equal(
            [
                """{"report":"link_clicks","bitly_link":"bit.ly/abc","unit":"day","units":31,"last_day":"2025-01-31","time_zone":"Europe/Berlin","roll_up":false}""",
                """{"report":"link_clicks","bitly_link":"bit.ly/abc","unit":"day","units":28,"last_day":"2025-02-28","time_zone":"Europe/Berlin","roll_up":false}""",
            ],
            plan.Slices.Select(slice => slice.Details.GetRawText()));
    }

    [Fact]
    public async Task A_report_without_a_period_cannot_be_backfilled_and_says_why()
    {
        await using var platform = new TestPlatform();
        var dataSet = Add(platform, """{"report":"link_information","bitly_link":"bit.ly/abc"}""");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => PlanAsync(platform, dataSet));

        Assert.Contains("These details cannot ask for days of the past: the field /unit is not shown with them. Shown when Report is", failure.Message, StringComparison.Ordinal);
    }

    private static DataSetConfiguration Add(TestPlatform platform, string details) =>
        platform.AddDataSet("bitly", UpdateMethod.Append, details: JsonElement.Parse(details));

    private static Task<BackfillPlan> PlanAsync(TestPlatform platform, DataSetConfiguration dataSet) => platform.Part<BackfillPlanning>().PlanAsync(
        dataSet, new BackfillRequest(new DayRange(new DateOnly(2025, 1, 1), new DateOnly(2025, 2, 28)), SliceUnit.Month), TestContext.Current.CancellationToken);
}
