namespace ConnectorPlatform.Tests.Web;

public sealed class ApiNoticeTests : IAsyncLifetime
{
    private const string Key = "a-signing-key-that-nobody-may-see";

    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_rule_is_added_shown_without_its_secrets_tested_and_removed()
    {
        // Nobody listens there.
        var added = (await _api.PostAsync("/notice-rules", new { name = "Hook", on = new[] { "failure", "recovery" }, channel = "webhook", url = "http://127.0.0.1:9/a-secret-path", signingKey = Key })).Is(201);
        var path = added.Location!["/api/v1".Length..];
        var shown = (await _api.GetAsync(path)).Is(200);
        var tested = (await _api.PostAsync($"{path}/test")).Is(200);
        var notices = (await _api.GetAsync("/notices?rule=Hook&limit=1")).Is(200);
        var listed = (await _api.GetAsync("/notice-rules")).Is(200);

        Assert.Equal("http://127.0.0.1:9", shown["origin"]);
        Assert.False(tested.Json.GetProperty("isDelivered").GetBoolean());
        Assert.Equal("test", notices.Json.GetProperty("items")[0].GetProperty("on").GetString());
        Assert.All([added, shown, tested, notices, listed], answer =>
        {
            Assert.DoesNotContain(Key, answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("a-secret-path", answer.Text, StringComparison.Ordinal);
        });
        (await _api.DeleteAsync(path)).Is(204);
        (await _api.GetAsync(path)).Is(404);
    }

    [Theory]
    [InlineData("""{ "name": "x", "on": [], "channel": "email" }""")]
    [InlineData("""{ "name": "x", "on": ["failure"], "channel": "email" }""")]
    [InlineData("""{ "name": "x", "on": ["failure"], "channel": "webhook", "url": "http://127.0.0.1:9/", "signingKey": "short" }""")]
    public async Task A_rule_that_could_not_work_is_refused(string body) => (await _api.PostAsync("/notice-rules", body)).Is(400);

    [Fact]
    public async Task A_rule_for_a_DataSet_that_is_not_there_is_refused() =>
        (await _api.PostAsync("/notice-rules", new { name = "x", dataSet = "nothing", on = new[] { "failure" }, channel = "webhook", url = "http://127.0.0.1:9/", signingKey = Key })).Is(404);
}
