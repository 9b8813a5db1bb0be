using System.Net;
using System.Text.RegularExpressions;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Web;

/// <summary>The Data Center as a browser without scripts sees it.</summary>
public sealed partial class HomeTests : IAsyncLifetime
{
    private const string Hostile = "<script>alert(1)</script>{{ 1 + 1 }}\"' &amp;";

    private SiteClient _site = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await SiteClient.StartAsync();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task An_empty_platform_leads_to_the_first_DataSet_and_to_sample_data_at_one_click()
    {
        var empty = await _site.GetAsync("/");
        Assert.Contains("href=\"/new\"", empty, StringComparison.Ordinal);
        Assert.Contains("action=\"/samples\"", empty, StringComparison.Ordinal);

        var (path, text) = await _site.SubmitAsync("/samples", ("connector", "hello"));
        Assert.Equal("/", path);
        Assert.Contains("1 run started.", text, StringComparison.Ordinal);
        var dataSet = Assert.Single(_site.Part<DataSetConfigurationStore>().List());
        Assert.Equal("hello", dataSet.Connector);

        // A second time adds nothing.
        await _site.SubmitAsync("/samples", ("connector", "hello"));
        Assert.Single(_site.Part<DataSetConfigurationStore>().List());
    }

    [Fact]
    public async Task Search_connector_and_tag_choose_the_DataSets_and_stay_filled_in()
    {
        Add("Clicks", ["sales"]);
        Add("Orders", ["weekly"]);

        var found = await _site.GetAsync("/?q=click&tag=sales&connector=hello");
        Assert.Equal(["Clicks"], Names(found));
        Assert.Contains("value=\"click\"", found, StringComparison.Ordinal);
        Assert.Matches("<option value=\"sales\" selected>", found);
        Assert.Matches("<option value=\"hello\" selected>", found);
        Assert.Contains("No DataSet is found", await _site.GetAsync("/?q=nothing-of-the-kind"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tabs_show_what_needs_attention_and_what_ran()
    {
        Run(Add("Failed"), RunState.Failed);
        Run(Add("Fine"), RunState.Succeeded);
        Add("Never");

        Assert.Equal(["Failed"], Names(await _site.GetAsync("/?view=attention")));
        Assert.Equal(["Failed", "Fine"], Names(await _site.GetAsync("/?view=recent")));
        Assert.Equal(["Failed", "Fine", "Never"], Names(await _site.GetAsync("/?view=no-such-view")));
    }

    [Fact]
    public async Task Headings_sort_and_say_how_it_is_sorted()
    {
        Run(Add("a"), RunState.Succeeded, rows: 5);
        Run(Add("b"), RunState.Succeeded, rows: 50);

        var sorted = await _site.GetAsync("/?sort=rows&dir=desc");
        Assert.Equal(["b", "a"], Names(sorted));
        Assert.Matches("aria-sort=\"descending\" class=\"number\"><a href=\"/\\?sort=rows\">", sorted);
    }

    [Fact]
    public async Task The_last_runs_are_told_in_words_beside_their_picture()
    {
        var dataSet = Add("Runs");
        Run(dataSet, RunState.Failed);
        Run(dataSet, RunState.Succeeded, rows: 5);

        Assert.Contains("aria-label=\"The last 2 runs: 1 failed, 1 succeeded; 0 to 5 rows written each\"", await _site.GetAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_list_has_pages()
    {
        for (var number = 1; number <= 51; number++)
        {
            Add($"DataSet {number:000}");
        }

        var first = await _site.GetAsync("/?q=dataset");
        Assert.Equal(50, Names(first).Length);
        Assert.Contains("1 to 50 of 51", first, StringComparison.Ordinal);
        Assert.Contains("href=\"/?q=dataset&amp;page=2\"", first, StringComparison.Ordinal);
        Assert.Equal(["DataSet 051"], Names(await _site.GetAsync("/?q=dataset&page=2")));
        Assert.Equal(["DataSet 051"], Names(await _site.GetAsync("/?q=dataset&page=9")));
    }

    [Fact]
    public async Task Ten_thousand_DataSets_cost_as_few_statements_as_two()
    {
        Add("One");
        Add("Two");
        var database = _site.Part<MetadataDatabase>();
        var few = await StatementsAsync();
        database.Execute(
            """
            WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < 10000)
            INSERT INTO datasets (id, name, connector, details, update_method, created_at, updated_at)
            SELECT 'id-' || number, 'DataSet ' || number, 'hello', '{}', 'Replace', '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z' FROM numbers
            """);

        // The server's own watches ask once a second too; the fewest of several requests are the page's.
        Assert.Equal(few, await StatementsAsync());

        async Task<long> StatementsAsync()
        {
            var least = long.MaxValue;
            for (var attempt = 0; attempt < 5; attempt++)
            {
                var before = database.Statements;
                await _site.GetAsync("/");
                least = Math.Min(least, database.Statements - before);
            }

            return least;
        }
    }

    [Fact]
    public async Task Hostile_names_tags_and_descriptions_are_text()
    {
        var dataSet = Add(Hostile, [Hostile], Hostile);
        var page = await _site.GetAsync("/");

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Equal(Hostile, Names(page)[0]);
        foreach (var action in new[] { "tag", "schedule", "delete" })
        {
            Assert.DoesNotContain("<script>alert", await _site.GetAsync($"/bulk/{action}?id={dataSet.Id}&return=%2F"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Chosen_DataSets_run()
    {
        var (one, two) = (Add("One"), Add("Two"));

        var (_, text) = await _site.SubmitAsync("/bulk", ("action", "run"), ("id", one.Id), ("id", two.Id), ("return", "/?sort=rows"));
        Assert.Contains("2 runs started.", text, StringComparison.Ordinal);
        Assert.NotNull(_site.Part<RunStore>().Last(one.Id));
        Assert.NotNull(_site.Part<RunStore>().Last(two.Id));
    }

    [Fact]
    public async Task Chosen_schedules_are_replaced_paused_and_resumed()
    {
        var dataSet = Add("Scheduled");
        var (path, _) = await _site.SubmitAsync("/bulk", ("action", "schedule"), ("id", dataSet.Id), ("return", "/"));
        Assert.StartsWith("/bulk/schedule?id=", path, StringComparison.Ordinal);

        await _site.SubmitAsync("/bulk/schedule", ("id", dataSet.Id), ("return", "/"), ("choice", "other"), ("when", "every day at 06:30"), ("zone", "Europe/Berlin"));
        var schedule = Assert.Single(_site.Part<ScheduleStore>().Of(dataSet.Id)).Schedule;
        Assert.Equal(("every day at 06:30", "Europe/Berlin"), (schedule.Recurrence.Text, schedule.Zone.Id));

        await _site.SubmitAsync("/bulk", ("action", "pause"), ("id", dataSet.Id), ("return", "/"));
        Assert.True(Assert.Single(_site.Part<ScheduleStore>().Of(dataSet.Id)).Schedule.IsPaused);
        Assert.Contains("Paused", await _site.GetAsync("/"), StringComparison.Ordinal);
        await _site.SubmitAsync("/bulk", ("action", "resume"), ("id", dataSet.Id), ("return", "/"));
        Assert.False(Assert.Single(_site.Part<ScheduleStore>().Of(dataSet.Id)).Schedule.IsPaused);

        await _site.SubmitAsync("/bulk/schedule", ("id", dataSet.Id), ("return", "/"), ("choice", "manually"), ("zone", "UTC"));
        Assert.Empty(_site.Part<ScheduleStore>().Of(dataSet.Id));
        var (_, told) = await _site.SubmitAsync("/bulk", ("action", "pause"), ("id", dataSet.Id), ("return", "/"));
        Assert.Contains("1 DataSet without a schedule stays as it is.", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other", "every blue moon", "UTC", "when")]
    [InlineData("other", "every day at 06:00", "Mars/Base", "zone")]
    [InlineData("every hour", "every day at 06:00", "UTC", "when")]
    [InlineData("every hour", "soon", "Mars/Base", "zone")]
    public async Task A_schedule_that_cannot_be_read_is_told_at_its_field_and_what_was_typed_stays(string choice, string when, string zone, string wrong)
    {
        var dataSet = Add("Scheduled");
        var refused = await _site.SubmitWronglyAsync("/bulk/schedule", ("id", dataSet.Id), ("return", "/"), ("choice", choice), ("when", when), ("zone", zone));

        Assert.Contains($"value=\"{when}\"", refused, StringComparison.Ordinal);
        Assert.Contains($"href=\"#{wrong}\"", refused, StringComparison.Ordinal);
        Assert.Contains($"id=\"{wrong}-error\"", refused, StringComparison.Ordinal);
        Assert.Equal(wrong == "zone", refused.Contains("no time zone", StringComparison.Ordinal));
        Assert.Empty(_site.Part<ScheduleStore>().Of(dataSet.Id));
    }

    [Fact]
    public async Task Tags_are_added_and_removed_and_a_wrong_one_changes_nothing()
    {
        var (one, two) = (Add("One", ["old", "kept"]), Add("Two"));
        Assert.Contains("value=\"old\"", await _site.GetAsync($"/bulk/tag?id={one.Id}&id={two.Id}&return=%2F"), StringComparison.Ordinal);

        await _site.SubmitWronglyAsync("/bulk/tag", ("id", one.Id), ("return", "/"), ("add", new string('x', 60)));
        Assert.Contains("Write a tag to add", await _site.SubmitWronglyAsync("/bulk/tag", ("id", one.Id), ("return", "/"), ("add", " ")), StringComparison.Ordinal);
        await _site.SubmitAsync("/bulk/tag", ("id", one.Id), ("id", two.Id), ("return", "/"), ("add", "new, sales"), ("remove", "old"));

        Assert.Equal(["kept", "new", "sales"], _site.Part<DataSetConfigurationStore>().Get("One").Tags);
        Assert.Equal(["new", "sales"], _site.Part<DataSetConfigurationStore>().Get("Two").Tags);
    }

    [Fact]
    public async Task Deleting_asks_first_and_says_what_goes()
    {
        var (gone, kept) = (Add("Gone"), Add("Kept"));
        var (path, asked) = await _site.SubmitAsync("/bulk", ("action", "delete"), ("id", gone.Id), ("return", "/"));
        Assert.Contains("It has no rows.", asked, StringComparison.Ordinal);
        Assert.NotNull(_site.Part<DataSetConfigurationStore>().Find("Gone"));
        Assert.StartsWith("/bulk/delete?", path, StringComparison.Ordinal);

        var (_, after) = await _site.SubmitAsync("/bulk/delete", ("id", gone.Id), ("return", "/"));
        Assert.Contains("1 DataSet deleted.", after, StringComparison.Ordinal);
        Assert.Equal([kept.Id], _site.Part<DataSetConfigurationStore>().List().Select(dataSet => dataSet.Id));
    }

    [Fact]
    public async Task Nothing_is_done_to_nothing_and_without_the_forms_token()
    {
        var dataSet = Add("One");
        Assert.Contains("No DataSet is chosen", await _site.SubmitWronglyAsync("/bulk", ("action", "run")), StringComparison.Ordinal);
        using var refused = await _site.PostWithoutTokenAsync("/bulk/delete", ("id", dataSet.Id));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotNull(_site.Part<DataSetConfigurationStore>().Find("One"));
    }

    [Fact]
    public async Task A_search_by_script_gets_the_list_alone()
    {
        Add("Clicks");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/?q=click");
        request.Headers.Add("HX-Request", "true");
        using var response = await _site.Http.SendAsync(request, Cancellation);
        var part = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.StartsWith("<section id=\"datasets\"", part, StringComparison.Ordinal);
        Assert.Equal(["Clicks"], Names(part));
    }

    private static string[] Names(string page) => [.. NameLink().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];

    private DataSetConfiguration Add(string name, string[]? tags = null, string description = "")
    {
        var now = TimeProvider.System.GetUtcNow();
        var dataSet = new DataSetConfiguration
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Name = name,
            Connector = "hello",
            Details = System.Text.Json.JsonElement.Parse("{}"),
            UpdateMethod = UpdateMethod.Replace,
            Tags = tags ?? [],
            Description = description,
            CreatedAt = now,
            UpdatedAt = now,
        };
        _site.Part<DataSetConfigurationStore>().Add(dataSet);
        return dataSet;
    }

    private void Run(DataSetConfiguration dataSet, RunState state, long rows = 0)
    {
        var run = _site.Part<RunEngine>().Begin(dataSet, RunTrigger.Manual, "1.0.0");
        _site.Part<RunStore>().Add(run);
        _site.Part<RunStore>().Update(run with { State = state, Phase = RunPhase.Ended, EndedAt = run.StartedAt, Counts = new RunCounts { RowsWritten = rows } });
    }

    [GeneratedRegex("class=\"home-name\"><a href=\"/datasets/[^\"]+\">([^<]*)</a>")]
    private static partial Regex NameLink();
}
