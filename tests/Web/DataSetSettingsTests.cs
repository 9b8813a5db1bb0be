using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.NewDataSet;

namespace ConnectorPlatform.Tests.Web;

/// <summary>The panes of a DataSet that is there, by plain forms.</summary>
public sealed partial class DataSetSettingsTests : IAsyncLifetime
{
    private static readonly (string Name, string Value)[] Daily = [("/frequency", "day"), ("/every", "1"), ("/at", "06:00")];

    private SiteClient _site = null!;
    private DataSetConfiguration _dataSet = null!;

    private string Path => $"/datasets/{_dataSet.Id}/settings";

    private DataSetConfiguration Stored => _site.Part<DataSetConfigurationStore>().Get(_dataSet.Id);

    private string Version => Stored.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private IEnumerable<Schedule> Schedules => _site.Part<ScheduleStore>().Of(_dataSet.Id).Select(stored => stored.Schedule);

    public async ValueTask InitializeAsync()
    {
        _site = await SiteClient.StartAsync();
        _dataSet = _site.Part<DataSetSetup>().AddDataSet(
            "Clicks", _site.Part<ConnectorCatalog>().Find("bitly"), AccountChoice.SampleData, JsonElement.Parse("""{ "report": "user_clicks", "units": 7 }"""), UpdateMethod.Replace);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public void The_form_of_one_schedule_passes_the_lint() =>
        Assert.Empty(FormLint.Check(ScheduleForm.Form.Schema).Select(problem => $"{problem.Rule} {problem.Pointer}: {problem.Message}"));

    [Fact]
    public async Task Every_schedule_is_added_changed_and_removed()
    {
        await _site.SubmitAsync($"{Path}/schedules/new", [.. Daily, ("/zone", "Europe/Berlin"), ("version", Version)]);
        await _site.SubmitAsync($"{Path}/schedules/new", ("/frequency", "hour"), ("/every", "2"), ("version", Version));
        Assert.Equal(["every 2 hours", "every day at 06:00"], Schedules.Select(schedule => schedule.Recurrence.Text).Order());

        var second = Schedules.Single(schedule => schedule.Recurrence.Text == "every 2 hours");
        Assert.Contains($"{Path}/schedules/{second.Id}", await _site.GetAsync(Path), StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"/update_method\"", await _site.GetAsync($"{Path}/schedules/{second.Id}"), StringComparison.Ordinal);
        await _site.SubmitAsync($"{Path}/schedules/{second.Id}", ("/frequency", "hour"), ("/every", "3"), ("version", Version));
        Assert.Equal(["every 3 hours", "every day at 06:00"], Schedules.Select(schedule => schedule.Recurrence.Text).Order());

        await _site.SubmitAsync($"{Path}/schedules/{second.Id}/remove");
        Assert.Equal(("every day at 06:00", "Europe/Berlin"), (Assert.Single(Schedules).Recurrence.Text, Assert.Single(Schedules).Zone.Id));
        await _site.GetAsync($"{Path}/schedules/{second.Id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_wrong_schedule_is_told_at_its_field_and_kept()
    {
        var refused = await _site.SubmitWronglyAsync($"{Path}/schedules/new", ("/frequency", "cron"), ("/cron", "61 * * * *"), ("version", Version));

        Assert.Contains("href=\"#field-cron\"", refused, StringComparison.Ordinal);
        Assert.Contains("value=\"61 * * * *\"", refused, StringComparison.Ordinal);
        Assert.Empty(Schedules);
    }

    [Theory]
    [InlineData(0.5, 90, 90)]
    [InlineData(90, 5_400, 93_600)]
    [InlineData(300, 86_400, 172_800)]
    public async Task What_is_saved_unchanged_stays_as_it_was_set_elsewhere(double delay, double deadline, double age)
    {
        var rules = new DataSetRules
        {
            Retry = new RetryPolicy(RetryPattern.Exponential, 4, TimeSpan.FromSeconds(delay)) { Cap = TimeSpan.FromSeconds(1_234) },
            Deadline = TimeSpan.FromSeconds(deadline),
        };
        _site.Part<DataSetEdit>().Save(_dataSet with { Rules = rules }, ChangeOrigin.Api);
        _site.Part<Freshness>().Set(_dataSet.Id, TimeSpan.FromSeconds(age));
        var shown = SchedulingForm.Write(Stored, null, TimeSpan.FromSeconds(age));

        await _site.SubmitAsync($"{Path}/scheduling", [.. shown.EnumerateObject().Select(field => ($"/{field.Name}", field.Value.ToString())), ("version", Version)]);

        Assert.Equal(rules.ToJson(), Stored.Rules.ToJson());
        Assert.Equal(TimeSpan.FromSeconds(age), _site.Part<Freshness>().MaxAge(_dataSet.Id));
    }

    [Theory]
    [InlineData("/deadline", "soon", "write a number and a unit")]
    [InlineData("/deadline", "41 days", "to 40 days")]
    [InlineData("/max_age", "10 seconds", "from 1 minute")]
    public async Task A_duration_that_cannot_be_is_told_at_its_field(string field, string text, string words)
    {
        var refused = await _site.SubmitWronglyAsync($"{Path}/scheduling", ("/frequency", "manually"), ("/update_method", "Replace"), ("/retry", "Never"), (field, text), ("version", Version));

        Assert.Contains(words, refused, StringComparison.Ordinal);
        Assert.Contains($"href=\"#field-{field[1..]}\"", refused, StringComparison.Ordinal);
        Assert.Contains($"value=\"{text}\"", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_schedule_is_told_at_once_in_the_order_of_the_page()
    {
        var refused = await _site.SubmitWronglyAsync(
            $"{Path}/scheduling",
            [("/at", "noon"), ("/frequency", "day"), ("/every", "1"), ("/zone", "Nowhere/City"), ("/update_method", "Replace"), ("/retry", "Never"), ("/deadline", "x"), ("/max_age", "soon"), ("/undo_runs", "-1"), ("version", Version)]);

        Assert.Equal(["at", "zone", "max_age", "undo_runs", "deadline"], ErrorLink().Matches(refused).Select(link => link.Groups[1].Value));
        Assert.Contains("Late when older than: write a number and a unit", refused, StringComparison.Ordinal);
        Assert.Contains("Longest run: write a number and a unit", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_of_day_may_be_written_without_its_leading_nought()
    {
        await _site.SubmitAsync($"{Path}/schedules/new", ("/frequency", "day"), ("/every", "1"), ("/at", "6:00, 18:30"), ("version", Version));

        Assert.Equal("every day at 06:00, 18:30", Assert.Single(Schedules).Recurrence.Text);
    }

    [Fact]
    public async Task Who_saves_after_another_is_shown_both_and_may_save_again()
    {
        var seen = Version;
        await _site.SubmitAsync($"{Path}/details", ("/report", "user_clicks"), ("/unit", "day"), ("/units", "30"), ("/time_zone", "UTC"), ("version", seen));

        var page = await ConflictAsync($"{Path}/details", ("/report", "user_clicks"), ("/unit", "day"), ("/units", "14"), ("/time_zone", "UTC"), ("version", seen));
        Assert.Contains("<td>30</td><td>14</td>", page, StringComparison.Ordinal);
        Assert.Contains("value=\"14\"", page, StringComparison.Ordinal);
        Assert.Contains($"name=\"version\" value=\"{Version}\"", page, StringComparison.Ordinal);
        Assert.Equal("30", Stored.Details.GetProperty("units").GetRawText());

        await _site.SubmitAsync($"{Path}/details", ("/report", "user_clicks"), ("/unit", "day"), ("/units", "14"), ("/time_zone", "UTC"), ("version", Version));
        Assert.Equal("14", Stored.Details.GetProperty("units").GetRawText());
    }

    [Fact]
    public async Task A_conflict_is_told_on_every_pane()
    {
        await _site.SubmitAsync($"{Path}/schedules/new", [.. Daily, ("version", Version)]);
        const string Old = "1";

        await ConflictAsync($"{Path}/credentials", ("account", "sample"), ("version", Old));
        await ConflictAsync($"{Path}/scheduling", ("/frequency", "manually"), ("/update_method", "Append"), ("/retry", "Never"), ("version", Old));
        await ConflictAsync($"{Path}/schedules/{Schedules.Single().Id}", ("/frequency", "hour"), ("/every", "3"), ("version", Old));
        var name = await ConflictAsync($"{Path}/name", ("name", "<b>Mine</b>"), ("description", ""), ("tags", ""), ("version", Old));

        Assert.Contains("<td>Clicks</td><td>&lt;b&gt;Mine&lt;/b&gt;</td>", name, StringComparison.Ordinal);
        Assert.Equal(("Clicks", UpdateMethod.Replace, "every day at 06:00"), (Stored.Name, Stored.UpdateMethod, Schedules.Single().Recurrence.Text));
    }

    private async Task<string> ConflictAsync(string path, params (string Name, string Value)[] fields)
    {
        using var response = await _site.PostFormAsync(path, fields);
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Conflict, $"{path}: {(int)response.StatusCode}\n{page}");
        Assert.Contains("Somebody else has saved meanwhile", page, StringComparison.Ordinal);
        return page;
    }

    [GeneratedRegex("<li><a href=\"#field-([^\"]+)\"")]
    private static partial Regex ErrorLink();
}
