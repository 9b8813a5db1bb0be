using System.Net;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Web;

/// <summary>The pages of a DataSet and of its runs, without scripts.</summary>
public sealed class DataSetPagesTests : IAsyncLifetime
{
    private SiteClient _site = null!;
    private DataSetConfiguration _dataSet = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Path => $"/datasets/{_dataSet.Id}";

    public async ValueTask InitializeAsync()
    {
        _site = await SiteClient.StartAsync();
        _dataSet = Add("Greetings", "hello", "{}");
        await RunAsync(_dataSet);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task The_overview_tells_rows_columns_chart_and_last_run()
    {
        var page = await _site.GetAsync(Path);

        Assert.Contains("<h1>Greetings</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<dd>250</dd>", page, StringComparison.Ordinal);
        Assert.Contains("It read 250 rows and stored 250", page, StringComparison.Ordinal);
        Assert.Contains("class=\"chart stack\"", page, StringComparison.Ordinal);
        Assert.Contains("said_at", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_that_cannot_be_drawn_says_why_and_shows_the_usual_one()
    {
        var page = await _site.GetAsync($"{Path}?chart=Lines&over=text", HttpStatusCode.BadRequest);

        Assert.Contains("Lines need a column of dates", page, StringComparison.Ordinal);
        Assert.Contains("class=\"chart stack\"", page, StringComparison.Ordinal);
        Assert.Contains("Number of rows by text", await _site.GetAsync($"{Path}?chart=Bars&over=text&measure="), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_is_paged_sorted_and_filtered_by_its_address()
    {
        var first = await _site.GetAsync($"{Path}/data?sort=id&desc=true");
        Assert.Contains("Page 1 of 5", first, StringComparison.Ordinal);
        Assert.Contains("aria-sort=\"descending\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("<td class=\"number\">1</td><td>Hello, world!</td>", first, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">1</td><td>Hello, world!</td>", await _site.GetAsync($"{Path}/data?sort=id"), StringComparison.Ordinal);

        using (var beyond = await _site.Http.GetAsync($"{Path}/data?sort=id&page=99", Cancellation))
        {
            Assert.Equal($"{Path}/data?sort=id&page=5", beyond.Headers.Location?.OriginalString);
        }

        var filtered = await _site.GetAsync($"{Path}/data?filter=le:id:3");
        Assert.Contains("3 rows of 250", filtered, StringComparison.Ordinal);
        Assert.Contains("id is at most 3", filtered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_is_added_by_its_form_and_a_wrong_one_is_told_and_kept()
    {
        using var added = await _site.Http.GetAsync($"{Path}/data?filter=gt%3Aid%3A10&column=id&condition=le&value=12", Cancellation);
        Assert.Equal($"{Path}/data?filter=gt%3Aid%3A10&filter=le%3Aid%3A12", added.Headers.Location!.OriginalString);

        var wrong = await _site.GetAsync($"{Path}/data?column=id&condition=eq&value=many", HttpStatusCode.BadRequest);
        Assert.Contains("&quot;many&quot; cannot be compared", wrong, StringComparison.Ordinal);
        Assert.Contains("value=\"many\"", wrong, StringComparison.Ordinal);
        Assert.Contains("Write with what the column", await _site.GetAsync($"{Path}/data?column=id&condition=eq&value=", HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_tells_what_it_holds()
    {
        var page = await _site.GetAsync($"{Path}/data?statistics=id");

        Assert.Contains("<dt>Least</dt><dd>1</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Different values</dt><dd>250</dd>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    [InlineData("jsonl", "application/jsonl")]
    public async Task Rows_and_answers_are_downloaded(string format, string type)
    {
        using var rows = await _site.Http.GetAsync($"{Path}/export?format={format}&filter=le:id:3", Cancellation);
        Assert.Equal(type, rows.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"Greetings.{format}", rows.Content.Headers.ContentDisposition!.FileName);
        Assert.NotEmpty(await rows.Content.ReadAsByteArrayAsync(Cancellation));

        using var answer = await _site.PostFormAsync($"{Path}/sql/export", ("sql", "SELECT count(*) AS n FROM rows"), ("format", format));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_query_is_answered_on_its_page()
    {
        using var answered = await _site.PostFormAsync($"{Path}/sql", ("sql", "SELECT count(*) AS greetings\r\nFROM rows"));
        var page = await answered.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Contains(">250</td>", page, StringComparison.Ordinal);
        Assert.Contains("SELECT count(*) AS greetings", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_query_is_told_with_its_place_and_kept()
    {
        var page = await _site.SubmitWronglyAsync($"{Path}/sql", ("sql", "SELECT * FROM read_csv('</textarea>')"));

        Assert.Contains("line 1, column 15", page, StringComparison.Ordinal);
        Assert.Contains("&lt;/textarea&gt;", page, StringComparison.Ordinal);
        Assert.Contains("href=\"#sql\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_started_and_shown()
    {
        var (path, page) = await _site.SubmitAsync($"{Path}/run");

        Assert.StartsWith("/runs/", path, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Progress\"", page, StringComparison.Ordinal);
        while (_site.Part<RunStore>().Last(_dataSet.Id) is { IsEnded: false })
        {
            await Task.Yield();
        }

        var ended = await _site.GetAsync(path);
        Assert.Contains("It read 250 rows and stored 250", ended, StringComparison.Ordinal);
        Assert.Contains("Attempts and phases", ended, StringComparison.Ordinal);
        Assert.Contains("Compared with", ended, StringComparison.Ordinal);
        Assert.Contains("Greetings", await _site.GetAsync("/runs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_compared_with_the_one_before_field_by_field()
    {
        var clicks = Add("Clicks by day", "bitly", """{ "report": "user_clicks", "unit": "day", "units": 7, "time_zone": "UTC" }""");
        await RunAsync(clicks);
        var changed = clicks with { Details = JsonElement.Parse("""{ "report": "user_clicks", "unit": "day", "units": 5, "time_zone": "UTC" }""") };
        var run = await RunAsync(_site.Part<DataSetEdit>().Save(changed, ChangeOrigin.Page));

        var page = await _site.GetAsync($"/runs/{run.Id}");
        Assert.Contains("<th scope=\"row\">Number of Units</th><td data-label=\"The run before\">7</td><td data-label=\"This run\"><strong>5</strong></td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<th scope=\"row\">Time Zone</th>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_failed_for_its_details_leads_to_them()
    {
        var unknown = Add("Unknown link", "bitly", """{ "report": "link_clicks", "bitly_link": "https://go.example.com/unknown" }""");
        var run = await RunAsync(unknown);
        Assert.Equal(RunFailureKind.Details, run.Failure?.Kind);

        foreach (var path in new[] { $"/runs/{run.Id}", $"/datasets/{unknown.Id}" })
        {
            Assert.Contains($"href=\"/datasets/{unknown.Id}/settings/details\">Change the details", await _site.GetAsync(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_log_of_a_run_is_searched_and_downloaded()
    {
        var run = _site.Part<RunStore>().Last(_dataSet.Id)!;

        Assert.Contains("Committed: 250 rows written", await _site.GetAsync($"/runs/{run.Id}?search=committed"), StringComparison.Ordinal);
        Assert.Contains("No line matches", await _site.GetAsync($"/runs/{run.Id}?search=no-such-word"), StringComparison.Ordinal);
        Assert.Contains("\"level\":\"info\"", await _site.GetAsync($"/runs/{run.Id}/log.jsonl"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_ended_cannot_be_cancelled()
    {
        var run = _site.Part<RunStore>().Last(_dataSet.Id)!;
        using var refused = await _site.PostFormAsync($"/runs/{run.Id}/cancel");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task The_last_runs_are_undone_together()
    {
        await RunAsync(_dataSet);
        Assert.Contains("100% of 2", await _site.GetAsync($"{Path}/history"), StringComparison.Ordinal);

        var (_, page) = await _site.SubmitAsync($"{Path}/undo", ("count", "2"));
        Assert.Contains("The last 2 runs are undone.", page, StringComparison.Ordinal);
        var overview = await _site.GetAsync(Path);
        Assert.Contains("<dd>0</dd>", overview, StringComparison.Ordinal);
        Assert.Contains("The DataSet has no rows.", overview, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("approve", "The run is published")]
    [InlineData("reject", "The run is rejected")]
    public async Task A_held_run_is_approved_or_rejected(string decision, string done)
    {
        var held = await HoldAsync();
        var page = await _site.GetAsync($"/datasets/{held.Id}/approvals");
        Assert.Contains("A run waits for approval", page, StringComparison.Ordinal);
        Assert.Contains("is new", page, StringComparison.Ordinal);
        var history = await _site.GetAsync($"/datasets/{held.Id}/history");
        Assert.Contains($"href=\"/datasets/{held.Id}/approvals\">Approve or reject", history, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"/datasets/{held.Id}/run\"", history, StringComparison.Ordinal);

        var (_, after) = await _site.SubmitAsync($"/datasets/{held.Id}/{decision}");
        Assert.Contains(done, after, StringComparison.Ordinal);
        Assert.Null(_site.Part<RunStore>().HeldOf(held.Id));
    }

    [Fact]
    public async Task A_DataSet_that_is_gone_is_told_as_such()
    {
        foreach (var path in new[] { "/datasets/none", "/datasets/none/data", "/datasets/none/history", "/runs/none", "/runs/none/log.jsonl" })
        {
            await _site.GetAsync(path, HttpStatusCode.NotFound);
        }
    }

    private async Task<DataSetConfiguration> HoldAsync()
    {
        var dataSet = Add("Clicks", "bitly", """{ "report": "link_clicks", "bitly_link": "https://go.example.com/2FNvHP8" }""");
        await RunAsync(dataSet);
        var changed = dataSet with
        {
            Details = JsonElement.Parse("""{ "report": "link_countries", "bitly_link": "https://go.example.com/2FNvHP8" }"""),
            Rules = new DataSetRules { Safeguards = new Safeguards { AddedColumns = SafeguardAction.Hold } },
        };
        changed = _site.Part<DataSetEdit>().Save(changed, ChangeOrigin.Page);
        Assert.Equal(RunState.Held, (await RunAsync(changed)).State);
        return changed;
    }

    private DataSetConfiguration Add(string name, string connector, string details) => _site.Part<DataSetSetup>().AddDataSet(
        name, _site.Part<ConnectorCatalog>().Find(connector), AccountChoice.SampleData, JsonElement.Parse(details), UpdateMethod.Replace);

    private Task<RunRecord> RunAsync(DataSetConfiguration dataSet) => _site.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, Cancellation);
}
