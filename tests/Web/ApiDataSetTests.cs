namespace ConnectorPlatform.Tests.Web;

public sealed class ApiDataSetTests : IAsyncLifetime
{
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_DataSet_is_created_read_changed_and_deleted()
    {
        var created = (await _api.PostAsync("/datasets", new
        {
            name = "Greetings",
            connector = "hello",
            description = "From the example.",
            tags = new[] { "try" },
            rules = new { undoRuns = 3, retry = new { pattern = "fixed", times = 2, delaySeconds = 30 }, safeguards = new { noRows = "hold" } },
        })).Is(201);
        var path = created.Location!["/api/v1".Length..];
        var read = (await _api.GetAsync(path)).Is(200);

        Assert.Equal(3, read.Json.GetProperty("rules").GetProperty("undoRuns").GetInt32());
        Assert.Equal("hold", read.Json.GetProperty("rules").GetProperty("safeguards").GetProperty("noRows").GetString());
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        var changed = (await _api.SendAsync("PATCH", path, new { name = "Hellos", updateMethod = "append", rules = new { deadlineSeconds = 60 } }, ("If-Match", read.Headers.ETag!.Tag))).Is(200);
        Assert.Equal(("Hellos", "append"), (changed["name"], changed["updateMethod"]));
        Assert.Equal("fixed", changed.Json.GetProperty("rules").GetProperty("retry").GetProperty("pattern").GetString());
        Assert.Equal(["try"], changed.Json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal("api", (await _api.GetAsync($"{path}/changes")).Is(200).Json.GetProperty("items")[0].GetProperty("by").GetString());
        Assert.NotEmpty((await _api.GetAsync($"{path}/removal")).Is(200).Json.GetProperty("losses").EnumerateArray());
        (await _api.DeleteAsync(path)).Is(204);
        (await _api.GetAsync(path)).Is(404);
    }

    [Fact]
    public async Task Of_two_who_change_a_DataSet_the_second_is_told()
    {
        var path = await AddAsync("Greetings");
        var seen = (await _api.GetAsync(path)).Headers.ETag!.Tag;
        (await _api.SendAsync("PATCH", path, new { description = "mine" }, ("If-Match", seen))).Is(200);

        (await _api.SendAsync("PATCH", path, new { description = "yours" }, ("If-Match", seen))).Is(412);
        (await _api.DeleteAsync(path, ("If-Match", seen))).Is(412);
        Assert.Equal("mine", (await _api.GetAsync(path))["description"]);
        (await _api.SendAsync("PATCH", path, new { description = "yours" })).Is(428);
        (await _api.SendAsync("PATCH", path, new { description = "yours" }, ("If-Match", "nonsense"))).Is(412);
        (await _api.SendAsync("PATCH", path, new { description = "yours" }, ("If-Match", "*"))).Is(200);
    }

    [Fact]
    public async Task Details_that_do_not_fit_the_form_are_told_with_the_form_s_paths()
    {
        var answer = (await _api.PostAsync("/datasets", new { name = "x", connector = "bitly", details = new { report = "no such report", nonsense = 1 } })).Is(400);

        var paths = answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("path").GetString()).ToList();

        Assert.Contains("/nonsense", paths);
        Assert.Contains("/report", paths);
    }

    [Theory]
    [InlineData("""{ "name": "x", "connector": "hello", "updateMethod": "partition" }""", "rules.partition")]
    [InlineData("""{ "name": "x", "connector": "hello", "rules": { "undoRuns": 5000 } }""", "undoRuns")]
    [InlineData("""{ "name": "x", "connector": "hello", "rules": { "mostQuarantined": -1 } }""", "mostQuarantined")]
    [InlineData("""{ "name": "x", "connector": "hello", "rules": { "retry": { "pattern": "fixed", "times": 0 } } }""", "times")]
    [InlineData("""{ "name": "x", "connector": "hello", "rules": { "retry": { "pattern": "fixed", "times": 1, "delaySeconds": 1e300 } } }""", "delaySeconds")]
    [InlineData("""{ "name": "", "connector": "hello" }""", "name")]
    [InlineData("""{ "name": "x", "connector": "hello", "tags": ["a,b"] }""", "tag")]
    public async Task What_is_out_of_bounds_is_told(string body, string words) =>
        Assert.Contains(words, (await _api.PostAsync("/datasets", body)).Is(400)["detail"], StringComparison.Ordinal);

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await AddAsync("Greetings");

        Assert.Contains("already", (await _api.PostAsync("/datasets", new { name = "greetings", connector = "hello" })).Is(400)["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_250_is_paged_without_a_gap()
    {
        var names = Enumerable.Range(0, 250).Select(number => $"DataSet {number:000}").ToList();
        foreach (var name in names)
        {
            await AddAsync(name);
        }

        Assert.Equal(names, (await _api.ReadAllAsync("/datasets", limit: 40)).Select(item => item.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task A_list_is_filtered_and_ordered()
    {
        await AddAsync("Alpha");
        (await _api.PostAsync("/datasets", new { name = "Beta", connector = "hello", tags = new[] { "weekly" } })).Is(201);

        Assert.Equal(["Beta", "Alpha"], await NamesAsync("?order=name&descending=true"));
        Assert.Equal(["Beta"], await NamesAsync("?tag=weekly"));
        Assert.Equal(["Alpha"], await NamesAsync("?search=alp&connector=hello&view=all"));
        Assert.Empty(await NamesAsync("?view=attention"));
        (await _api.GetAsync("/datasets?order=colour")).Is(400);
    }

    [Fact]
    public async Task Tags_are_listed_with_how_often_they_are_given_page_by_page()
    {
        (await _api.PostAsync("/datasets", new { name = "One", connector = "hello", tags = new[] { "sales", "weekly" } })).Is(201);
        (await _api.PostAsync("/datasets", new { name = "Two", connector = "hello", tags = new[] { "Sales", "all" } })).Is(201);
        List<string> tags = [];
        for (var next = ""; next is not null;)
        {
            var page = (await _api.GetAsync($"/tags?limit=1&cursor={next}")).Is(200).Json;
            tags.AddRange(page.GetProperty("items").EnumerateArray().Select(tag => $"{tag.GetProperty("tag").GetString()!.ToLowerInvariant()} {tag.GetProperty("dataSets")}"));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["all 1", "sales 2", "weekly 1"], tags);
    }

    [Fact]
    public async Task A_duplicate_has_the_same_configuration_and_paused_schedules()
    {
        var path = await AddAsync("Greetings");
        (await _api.PostAsync($"{path}/schedules", new { when = "every day at 06:00" })).Is(201);
        var duplicate = (await _api.PostAsync($"{path}/duplicate", new { })).Is(201);

        Assert.Equal("Greetings (copy)", duplicate["name"]);
        Assert.True((await _api.GetAsync($"/datasets/{duplicate["id"]}/schedules")).Is(200).Json.GetProperty("schedules")[0].GetProperty("isPaused").GetBoolean());
    }

    [Fact]
    public async Task What_a_change_means_is_told_and_a_preview_keeps_nothing()
    {
        var path = await AddAsync("Greetings");
        var preview = (await _api.PostAsync("/previews", new { connector = "hello" })).Is(200).Json;

        Assert.NotEmpty((await _api.PostAsync($"{path}/change-effects", new { updateMethod = "append" })).Is(200).Json.GetProperty("effects").EnumerateArray());
        Assert.NotEmpty(preview.GetProperty("rows").EnumerateArray());
        Assert.Equal(preview.GetProperty("columns").GetArrayLength(), preview.GetProperty("rows")[0].GetArrayLength());
        (await _api.PostAsync("/previews", new { connector = "bitly", details = new { report = "none" } })).Is(400);
    }

    private async Task<string> AddAsync(string name) => (await _api.PostAsync("/datasets", new { name, connector = "hello" })).Is(201).Location!["/api/v1".Length..];

    private async Task<IEnumerable<string?>> NamesAsync(string query) =>
        (await _api.GetAsync($"/datasets{query}")).Is(200).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString());
}
