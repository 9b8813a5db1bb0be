using System.Text.Json;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>Schedules by the real executable.</summary>
public sealed class ScheduleCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private HostProgram Program => new(_folder.File("data"));

    [Fact]
    public async Task Next_shows_fires_in_the_zone_and_in_UTC_with_what_daylight_saving_does()
    {
        string[] next = ["schedule", "next", "30 2 * * *", "--zone", "Europe/Berlin", "--from", "2026-03-28T12:00", "--count", "2"];
        var json = (await Program.RunAsync([.. next, "--json"])).Ended(0).Json;

        Assert.Equal("At 02:30 every day.", json.GetProperty("words").GetString());
        var fires = json.GetProperty("next").EnumerateArray().ToList();
        Assert.Equal(["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"], fires.Select(fire => fire.GetProperty("local").GetString()));
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero), fires[0].GetProperty("utc").GetDateTimeOffset());
        Assert.Equal("moved from 02:30: the clock is put forward from 02:00 to 03:00", fires[0].GetProperty("notes")[0].GetString());
        var text = (await Program.RunAsync(next)).Ended(0).Output;
        Assert.Contains("Sun 2026-03-29 03:00:00 +02:00", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_input_is_told_in_one_line()
    {
        foreach (var (words, arguments) in new[]
        {
            ("position 1 (\"61\"): the minute takes 0 to 59", new[] { "61 * * * *" }),
            ("There is no time zone \"Mars/Olympus\"", ["every day", "--zone", "Mars/Olympus"]),
            ("--from \"yesterday\" is no date or time", ["every day", "--from", "yesterday"]),
            ("--missed \"never\" is not known; it is run-once, skip, run-each", ["every day", "--missed", "never"]),
            ("--jitter \"soon\" is no duration", ["every day", "--jitter", "soon"]),
        })
        {
            var result = (await Program.RunAsync(["schedule", "next", .. arguments])).Ended(2);
            Assert.Contains(words, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Schedules_of_a_DataSet_are_added_listed_paused_resumed_and_removed()
    {
        await Program.RunAsync("dataset", "create", "greetings", "--connector", "hello");
        await Program.RunAsync("dataset", "create", "later", "--connector", "hello");
        var added = (await Program.RunAsync("dataset", "schedule", "greetings", "add", "every", "day", "at", "09:00,", "17:00", "--zone", "Asia/Tokyo", "--blackout", "2027-01-01..2027-01-03", "--jitter", "5m", "--json")).Ended(0).Json;
        Assert.Equal(("every day at 09:00, 17:00", 10), (added.GetProperty("when").GetString(), added.GetProperty("next").GetArrayLength()));
        var follows = (await Program.RunAsync("dataset", "schedule", "later", "add", "after greetings", "--json")).Ended(0).Json;
        Assert.Equal("Whenever a run of the DataSet \"greetings\" has succeeded.", follows.GetProperty("words").GetString());
        Assert.Contains("would run after itself", (await Program.RunAsync("dataset", "schedule", "greetings", "add", "after later")).Ended(2).Error, StringComparison.Ordinal);
        Assert.Contains("would never fire", (await Program.RunAsync("dataset", "schedule", "greetings", "add", "0 0 30 2 *")).Ended(2).Error, StringComparison.Ordinal);
        (await Program.RunAsync("dataset", "max-age", "greetings", "26h")).Ended(0);

        Assert.Contains("2 schedules paused.", (await Program.RunAsync("dataset", "pause", "--all")).Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("One schedule resumed.", (await Program.RunAsync("dataset", "resume", "later")).Ended(0).Output, StringComparison.Ordinal);
        var listed = (await Program.RunAsync("dataset", "schedule", "greetings", "list", "--json")).Ended(0).Json;
        Assert.True(Assert.Single(listed.GetProperty("schedules").EnumerateArray()).GetProperty("isPaused").GetBoolean());
        Assert.Equal("1.02:00:00", listed.GetProperty("maxAge").GetString());

        (await Program.RunAsync("dataset", "schedule", "greetings", "remove")).Ended(0);
        Assert.Contains("has no schedules", (await Program.RunAsync("dataset", "schedule", "greetings", "remove")).Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_runs_what_is_due_and_the_log_says_so_and_why_another_did_not()
    {
        await Program.RunAsync("dataset", "create", "greetings", "--connector", "hello");
        await Program.RunAsync("dataset", "create", "still", "--connector", "hello");
        using var server = Program.Start("serve", "--url", Host.Web.Server.FreeAddress());
        try
        {
            // Added beside the running server, which notices.
            (await Program.RunAsync("dataset", "schedule", "greetings", "add", "*/2 * * * * *")).Ended(0);
            (await Program.RunAsync("dataset", "schedule", "still", "add", "*/2 * * * * *")).Ended(0);
            (await Program.RunAsync("dataset", "pause", "still")).Ended(0);
            await UntilLoggedAsync("greetings", "ran");
            await UntilLoggedAsync("still", "paused");
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var shown = (await Program.RunAsync("dataset", "show", "greetings", "--json")).Ended(0).Json;
        Assert.Equal(250, shown.GetProperty("rows").GetInt32());
        Assert.Contains("Schedule", shown.GetProperty("runs")[0].GetRawText(), StringComparison.Ordinal);
    }

    private async Task UntilLoggedAsync(string dataSet, string outcome)
    {
        for (var attempt = 0; attempt < 40; attempt++)
        {
            var lines = (await Program.RunAsync("schedule", "log", dataSet, "--json")).Ended(0).Json.EnumerateArray().ToList();
            if (lines.FirstOrDefault(line => line.GetProperty("outcome").GetString() == outcome) is { ValueKind: JsonValueKind.Object } line)
            {
                Assert.Equal(outcome == "ran", line.GetProperty("runId").ValueKind == JsonValueKind.String);
                return;
            }
        }

        Assert.Fail($"No fire of {dataSet} ended as {outcome}: {(await Program.RunAsync("schedule", "log")).Output}");
    }
}
