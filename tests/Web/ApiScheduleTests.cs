using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiScheduleTests : IAsyncLifetime
{
    private ApiClient _api = null!;
    private string _dataSet = "";

    public async ValueTask InitializeAsync()
    {
        _api = await ApiClient.StartAsync();
        _dataSet = $"/datasets/{(await _api.PostAsync("/datasets", new { name = "Greetings", connector = "hello" })).Is(201)["id"]}";
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Schedules_are_added_replaced_paused_resumed_and_removed()
    {
        var added = (await _api.PostAsync($"{_dataSet}/schedules", new { when = "every day at 06:00", zone = "Europe/Berlin", missed = "skip", blackout = new[] { "2030-12-24..2030-12-26" } })).Is(201);
        var path = $"{_dataSet}/schedules/{added["id"]}";

        Assert.Equal(10, added.Json.GetProperty("next").GetArrayLength());
        Assert.Equal("0 7 * * MON", (await _api.SendAsync("PUT", path, new { when = "0 7 * * MON" })).Is(200)["when"]);
        Assert.Equal("1", (await _api.PostAsync($"{_dataSet}/pause")).Is(200)["changed"]);
        Assert.Empty((await _api.GetAsync($"{_dataSet}/schedules")).Is(200).Json.GetProperty("schedules")[0].GetProperty("next").EnumerateArray());
        Assert.Equal("1", (await _api.PostAsync($"{_dataSet}/resume")).Is(200)["changed"]);
        Assert.Equal("93600", (await _api.SendAsync("PUT", $"{_dataSet}/max-age", new { seconds = 93_600 })).Is(200)["maxAgeSeconds"]);
        (await _api.SendAsync("PUT", $"{_dataSet}/max-age", new { seconds = (double?)null })).Is(200);
        (await _api.DeleteAsync(path)).Is(204);
        (await _api.DeleteAsync(path)).Is(404);
    }

    [Fact]
    public async Task The_log_of_the_schedules_is_read_newest_first_and_by_DataSet()
    {
        (await _api.PostAsync($"{_dataSet}/schedules", new { when = "every day at 06:00" })).Is(201);
        var schedule = _api.Site.Part<ScheduleStore>().List()[0].Schedule;
        var log = _api.Site.Part<ScheduleLog>();
        foreach (var end in new[] { FireEnd.Blackout, FireEnd.Overlap })
        {
            log.WriteOmitted(schedule, end, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), 2, $"It was left out: {end}.");
            log.Flush();
        }

        var first = (await _api.GetAsync($"/schedule-log?limit=1&dataSet={schedule.DataSetId}")).Is(200).Json;
        Assert.Equal(("overlap", 2), (first.GetProperty("items")[0].GetProperty("outcome").GetString(), first.GetProperty("items")[0].GetProperty("fires").GetInt32()));
        var second = (await _api.GetAsync($"/schedule-log?limit=1&cursor={first.GetProperty("next")}")).Is(200).Json;
        Assert.Equal("blackout", second.GetProperty("items")[0].GetProperty("outcome").GetString());
        (await _api.GetAsync("/schedule-log?dataSet=nobody")).Is(404);
        Assert.Empty(Viewer.As(new Viewer("somebody who sees none", SeesAll: false), () => log.Read(null, 10)));
    }

    [Theory]
    [InlineData("""{ "when": "every blue moon" }""")]
    [InlineData("""{ "when": "every day at 06:00", "zone": "Mars/Base" }""")]
    [InlineData("""{ "when": "every day at 06:00", "jitterSeconds": 1e9 }""")]
    [InlineData("""{ "when": "every day at 06:00", "jitterSeconds": -5 }""")]
    [InlineData("""{ "when": "every day at 06:00", "blackout": ["soon"] }""")]
    [InlineData("""{ "when": "every day at 06:00", "end": "2001-01-01T00:00:00Z" }""")]
    [InlineData("""{ "when": "every day at 06:00", "missed": "sometimes" }""")]
    public async Task A_schedule_that_cannot_be_is_refused(string body)
    {
        (await _api.PostAsync($"{_dataSet}/schedules", body)).Is(400);
        (await _api.PostAsync("/schedules/next", body)).Is(400);
    }

    [Fact]
    public async Task A_schedule_is_looked_at_before_it_is_added()
    {
        var next = (await _api.PostAsync("/schedules/next", new { when = "every 2 hours", zone = "America/New_York" })).Is(200);

        Assert.Equal("America/New_York", next["zone"]);
        Assert.Equal(10, next.Json.GetProperty("next").GetArrayLength());
        (await _api.PostAsync("/schedules/next", new { when = "after nobody" })).Is(404);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e300)]
    public async Task An_age_that_cannot_be_is_refused(double seconds) => (await _api.SendAsync("PUT", $"{_dataSet}/max-age", new { seconds })).Is(400);

    [Fact]
    public async Task The_zone_of_the_platform_is_that_of_schedules_without_one()
    {
        (await _api.SendAsync("PUT", "/settings", new { zone = "Asia/Tokyo" })).Is(200);

        Assert.Equal("Asia/Tokyo", (await _api.PostAsync("/schedules/next", new { when = "every day at 06:00" })).Is(200)["zone"]);
        Assert.Equal("Asia/Tokyo", (await _api.GetAsync("/settings")).Is(200)["zone"]);
        (await _api.SendAsync("PUT", "/settings", new { zone = "Nowhere" })).Is(400);
        (await _api.GetAsync("/health")).Is(200);
    }
}
