using System.Net;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.NewDataSet;

namespace ConnectorPlatform.Tests.Web;

/// <summary>The whole way to a DataSet by plain forms, as a browser without scripts goes it.</summary>
public sealed class NewDataSetTests
{
    private static readonly (string, string)[] UserClicks = [("/report", "user_clicks"), ("/unit", "day"), ("/units", "7"), ("/time_zone", "America/New_York")];

    [Fact]
    public void The_scheduling_form_passes_the_lint() =>
        Assert.Empty(FormLint.Check(SchedulingForm.Form.Schema).Select(problem => $"{problem.Rule} {problem.Pointer}: {problem.Message}"));

    [Theory]
    [InlineData("every 2 weeks on MON, FRI at 06:00, 18:30")]
    [InlineData("every 15 minutes between 08:00 and 18:00")]
    [InlineData("every month on last day at 06:00")]
    [InlineData("every month on 2nd SUN at 06:00")]
    [InlineData("every 3 hours on MON, TUE")]
    [InlineData("0 9 * * MON-FRI")]
    [InlineData("manually")]
    public async Task A_schedule_comes_out_of_the_form_as_it_went_in(string recurrence)
    {
        await using var site = await SiteClient.StartAsync();
        var form = site.Part<SchedulingForm>();
        var expected = Recurrence.Parse(recurrence);
        var dataSet = Add(site);
        var schedule = new Schedule { Id = "1", DataSetId = dataSet.Id, Recurrence = expected, Zone = TimeZoneInfo.Utc, CreatedAt = DateTimeOffset.UnixEpoch };

        var planned = form.Parse(SchedulingForm.Write(dataSet, schedule, TimeSpan.FromHours(26)), null);

        Assert.Equal(expected.Text, planned.Schedule?.Recurrence.Text ?? "manually");
        Assert.Equal((TimeSpan.FromHours(26), dataSet.UpdateMethod, dataSet.Rules.ToJson()), (planned.MaxAge, planned.Method, planned.Rules.ToJson()));
    }

    [Fact]
    public async Task From_the_connector_to_a_DataSet_with_a_schedule_by_plain_forms()
    {
        await using var site = await SiteClient.StartAsync();
        Assert.Contains("/new?connector=bitly", await site.GetAsync("/new"), StringComparison.Ordinal);
        Assert.Contains("Sample data", await site.GetAsync("/new?connector=bitly"), StringComparison.Ordinal);

        var details = (await site.SubmitAsync("/new", ("connector", "bitly"), ("account", "sample"))).Path;
        using (var previewed = await site.PostFormAsync(details, [.. UserClicks, ("go", "preview")]))
        {
            var page = await previewed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(previewed.StatusCode == HttpStatusCode.OK, page);
            Assert.Contains("Nothing was stored.", page, StringComparison.Ordinal);
        }

        var scheduling = (await site.SubmitAsync(details, [.. UserClicks, ("go", "next")])).Path;
        Assert.EndsWith("/scheduling", scheduling, StringComparison.Ordinal);
        var name = await site.SubmitAsync(scheduling, ("/frequency", "week"), ("/every", "1"), ("/days", "MON"), ("/at", "07:15"), ("/zone", "Europe/Berlin"), ("/update_method", "Replace"), ("/retry", "Never"), ("/max_age", "200 hours"));
        Assert.Contains("User Clicks – Sample data", name.Text, StringComparison.Ordinal);
        Assert.Contains("Every Monday at 07:15. Europe/Berlin", name.Text, StringComparison.Ordinal);

        await site.SubmitAsync(name.Path, ("name", "Clicks by day"), ("description", "What we share"), ("tags", "marketing, links"), ("go", "save"));

        var dataSet = site.Part<DataSetConfigurationStore>().Get("Clicks by day");
        Assert.Equal(("bitly", null, "What we share"), (dataSet.Connector, dataSet.AccountId, dataSet.Description));
        Assert.Equal(["links", "marketing"], dataSet.Tags);
        Assert.Equal("every week on MON at 07:15", Assert.Single(site.Part<ScheduleStore>().Of(dataSet.Id)).Schedule.Recurrence.Text);
        Assert.Equal(TimeSpan.FromHours(200), site.Part<Freshness>().MaxAge(dataSet.Id));
        Assert.Empty(site.Part<DraftStore>().Last(10));
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_what_was_typed_stays_on_every_pane()
    {
        await using var site = await SiteClient.StartAsync();
        var details = (await site.SubmitAsync("/new", ("connector", "bitly"), ("account", "sample"))).Path;
        var id = details.Split('/')[2];

        var wrong = await site.SubmitWronglyAsync(details, ("/report", "user_clicks"), ("/unit", "day"), ("/units", "many"), ("/time_zone", "America/New_York"));
        Assert.Contains("error-summary", wrong, StringComparison.Ordinal);
        Assert.Contains("value=\"many\"", wrong, StringComparison.Ordinal);
        Assert.Contains("value=\"many\"", await site.GetAsync(details), StringComparison.Ordinal);

        var late = await site.SubmitWronglyAsync($"/drafts/{id}/scheduling", ("/frequency", "cron"), ("/cron", "61 * * * *"), ("/update_method", "Replace"), ("/retry", "Never"));
        Assert.Contains("the minute takes 0 to 59", late, StringComparison.Ordinal);
        Assert.Contains("61 * * * *", await site.GetAsync($"/drafts/{id}/scheduling"), StringComparison.Ordinal);

        // Incomplete details come to light at the end, too.
        await site.SubmitAsync($"/drafts/{id}/scheduling", ("/frequency", "manually"), ("/update_method", "Replace"), ("/retry", "Never"));
        var refused = await site.SubmitWronglyAsync($"/drafts/{id}/name", ("name", "A <b>name</b>"), ("description", "Kept"), ("tags", "x"), ("go", "save"));
        Assert.Contains("The details are not complete.", refused, StringComparison.Ordinal);
        Assert.Contains("A &lt;b&gt;name&lt;/b&gt;", await site.GetAsync($"/drafts/{id}/name"), StringComparison.Ordinal);
        Assert.Empty(site.Part<DataSetConfigurationStore>().List());
    }

    [Fact]
    public async Task Save_and_New_begins_another_with_the_same_connector_and_account()
    {
        await using var site = await SiteClient.StartAsync();
        var details = (await site.SubmitAsync("/new", ("connector", "bitly"), ("account", "sample"))).Path;
        await site.SubmitAsync(details, UserClicks);

        var next = await site.SubmitAsync($"/drafts/{details.Split('/')[2]}/name", ("name", "First"), ("go", "another"));

        var draft = Assert.Single(site.Part<DraftStore>().Last(10));
        Assert.Equal(($"/drafts/{draft.Id}/details", "bitly", "sample", null), (next.Path, draft.Connector, draft.AccountChoice, draft.Name));
        Assert.Equal("First", Assert.Single(site.Part<DataSetConfigurationStore>().List()).Name);
    }

    [Fact]
    public async Task Of_two_editors_of_the_settings_the_second_is_told_and_keeps_what_he_typed()
    {
        await using var site = await SiteClient.StartAsync();
        var dataSet = Add(site);
        var path = $"/datasets/{dataSet.Id}/settings/name";
        Assert.Contains("name=\"version\" value=\"1\"", await site.GetAsync(path), StringComparison.Ordinal);

        await site.SubmitAsync(path, ("version", "1"), ("name", "Of the first"), ("description", ""), ("tags", ""));
        using var answer = await site.PostFormAsync(path, ("version", "1"), ("name", "Of the second"), ("description", ""), ("tags", ""));
        var refused = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("(Name), after you had opened it", refused, StringComparison.Ordinal);
        Assert.Contains("value=\"Of the second\"", refused, StringComparison.Ordinal);
        var settings = await site.GetAsync($"/datasets/{dataSet.Id}/settings");
        Assert.Contains("On the page", settings, StringComparison.Ordinal);
        Assert.Contains("Clicks → Of the first", settings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_change_details_and_scheduling_pause_duplicate_and_delete()
    {
        await using var site = await SiteClient.StartAsync();
        var dataSet = Add(site);
        var path = $"/datasets/{dataSet.Id}/settings";
        foreach (var pane in new[] { "credentials", "details", "scheduling", "name" })
        {
            await site.GetAsync($"{path}/{pane}");
        }

        await site.SubmitAsync($"{path}/details", [.. UserClicks, ("version", "1")]);
        await site.SubmitAsync($"{path}/scheduling", ("version", "2"), ("/frequency", "hour"), ("/every", "2"), ("/update_method", "Append"), ("/retry", "Fixed"), ("/retry_times", "2"), ("/retry_delay", "10 minutes"));
        await site.SubmitAsync($"{path}/pause");
        var refused = await site.SubmitWronglyAsync($"{path}/duplicate", ("name", dataSet.Name));
        Assert.Contains("href=\"#copy-name\"", refused, StringComparison.Ordinal);
        Assert.Contains($"name=\"name\" value=\"{dataSet.Name}\"", refused, StringComparison.Ordinal);
        var copy = await site.SubmitAsync($"{path}/duplicate", ("name", "A copy"));

        var stored = site.Part<DataSetConfigurationStore>().Get(dataSet.Id);
        Assert.Equal((UpdateMethod.Append, 2, "7"), (stored.UpdateMethod, stored.Rules.Retry.Times, stored.Details.GetProperty("units").GetRawText()));
        var schedule = Assert.Single(site.Part<ScheduleStore>().Of(dataSet.Id)).Schedule;
        Assert.Equal(("every 2 hours", true), (schedule.Recurrence.Text, schedule.IsPaused));
        Assert.Contains("every 2 hours (UTC), paused", copy.Text, StringComparison.Ordinal);
        Assert.Contains("Its schedule goes: every 2 hours (UTC), paused.", await site.GetAsync($"{path}/delete"), StringComparison.Ordinal);
        await site.SubmitAsync($"{path}/delete");
        Assert.Equal("A copy", Assert.Single(site.Part<DataSetConfigurationStore>().List()).Name);
    }

    private static DataSetConfiguration Add(SiteClient site) => site.Part<Host.Runs.DataSetSetup>().AddDataSet(
        "Clicks",
        site.Part<Host.Connectors.ConnectorCatalog>().Find("bitly"),
        Host.Runs.Sessions.AccountChoice.SampleData,
        System.Text.Json.JsonElement.Parse("""{ "report": "user_clicks" }"""),
        UpdateMethod.Replace);
}
