using System.Net;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiRowTests : IAsyncLifetime
{
    private ApiClient _api = null!;
    private string _dataSet = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiClient.StartAsync();
        _dataSet = $"/datasets/{(await _api.PostAsync("/datasets", new { name = "Greetings", connector = "hello" })).Is(201)["id"]}";
        var run = await _api.Site.Part<RunEngine>().RunAsync(_api.Site.Part<DataSetConfigurationStore>().Get("Greetings"), RunTrigger.Manual, Cancellation);
        Assert.Equal(RunState.Succeeded, run.State);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task All_250_rows_are_read_page_by_page()
    {
        var read = await _api.ReadAllAsync($"{_dataSet}/rows", limit: 60);

        Assert.Equal(250, read.Count);
        Assert.Equal(250, read.Select(row => row.GetRawText()).Distinct().Count());
        Assert.Equal("250", (await _api.GetAsync($"{_dataSet}/rows?limit=1")).Is(200)["total"]);
    }

    [Fact]
    public async Task Rows_are_sorted_filtered_and_counted()
    {
        var column = (await _api.GetAsync($"{_dataSet}/columns")).Is(200).Json.GetProperty("columns")[0].GetProperty("name").GetString();
        var first = (await _api.GetAsync($"{_dataSet}/rows?limit=1&sort={column}&descending=true")).Is(200).Json;
        var value = first.GetProperty("items")[0][0].ToString();
        var same = (await _api.GetAsync($"{_dataSet}/rows?filter={column}:equal:{Uri.EscapeDataString(value)}")).Is(200).Json;

        Assert.Equal(1, same.GetProperty("matching").GetInt64());
        Assert.Equal("250", (await _api.GetAsync($"{_dataSet}/columns/{column}/statistics")).Is(200)["rows"]);
        (await _api.GetAsync($"{_dataSet}/chart")).Is(200);
        (await _api.GetAsync($"{_dataSet}/rows?sort=nothing")).Is(400);
        Assert.Contains("COLUMN:KIND:VALUE", (await _api.GetAsync($"{_dataSet}/rows?filter=nonsense")).Is(400)["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SQL_reads_and_does_nothing_else()
    {
        var answer = (await _api.PostAsync($"{_dataSet}/sql", new { sql = "SELECT count(*) AS n FROM rows" })).Is(200).Json;

        Assert.Equal(250, answer.GetProperty("rows")[0][0].GetInt64());
        (await _api.PostAsync($"{_dataSet}/sql", new { sql = "DROP TABLE rows" })).Is(400);
        (await _api.PostAsync($"{_dataSet}/sql", new { sql = "SELECT * FROM read_csv('/etc/passwd')" })).Is(400);
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    [InlineData("jsonLines", "application/jsonl")]
    [InlineData("excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    public async Task Rows_are_exported_in_each_format(string format, string type)
    {
        using var rows = await _api.Site.Http.GetAsync($"/api/v1{_dataSet}/export?format={format}", Cancellation);
        using var content = new StringContent("""{ "sql": "SELECT 1 AS one FROM rows LIMIT 1" }""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await _api.Site.Http.PostAsync($"/api/v1{_dataSet}/sql/export?format={format}", content, Cancellation);

        Assert.All(new[] { rows, answer }, response =>
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.NotNull(response.Content.Headers.ContentDisposition?.FileNameStar ?? response.Content.Headers.ContentDisposition?.FileName);
        });
        Assert.NotEmpty(await rows.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_DataSet_that_has_not_run_says_so()
    {
        (await _api.PostAsync("/datasets", new { name = "Empty", connector = "hello" })).Is(201);

        Assert.Empty((await _api.GetAsync("/datasets/Empty/rows")).Is(200).Json.GetProperty("items").EnumerateArray());
        Assert.Empty((await _api.GetAsync("/datasets/Empty/columns")).Is(200).Json.GetProperty("columns").EnumerateArray());
        (await _api.GetAsync("/datasets/Empty/chart")).Is(204);
        (await _api.GetAsync("/datasets/Empty/export?format=csv")).Is(400);
        (await _api.GetAsync("/datasets/Empty/export?format=xml")).Is(400);
    }
}
