using System.Net;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Web;

namespace ConnectorPlatform.Tests.Web;

public sealed class ApiRequestTests : IAsyncLifetime
{
    private const string Settle = "/connectors/bitly/forms/details/settle";

    private ApiClient _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await ApiClient.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Every_unknown_and_missing_member_is_told_at_once_with_its_path()
    {
        var answer = (await _api.PostAsync("/notice-rules", """{ "name": "x", "colour": 1, "to": [], "chanel": "email" }""")).Is(400);

        Assert.Equal(["/colour", "/chanel", "/on", "/channel"], answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("path").GetString()));
    }

    [Theory]
    [InlineData("""{ "name": 5, "on": [], "channel": "email" }""", "/name")]
    [InlineData("""{ "name": "x", "on": ["failure", "weather"], "channel": "email" }""", "/on/1")]
    [InlineData("""{ "name": null, "on": [], "channel": "email" }""", "/name")]
    [InlineData("[]", "")]
    public async Task A_member_of_another_type_is_told_with_its_path(string body, string path)
    {
        var error = Assert.Single((await _api.PostAsync("/notice-rules", body)).Is(400).Json.GetProperty("errors").EnumerateArray());

        Assert.Equal(path, error.GetProperty("path").GetString());
    }

    [Theory]
    [InlineData("""{ "data": {""")]
    [InlineData("""{ "data": {}, "data": {} }""")]
    [InlineData("")]
    public async Task A_body_that_is_no_JSON_is_refused(string body) => (await _api.PostAsync(Settle, body)).Is(400);

    [Fact]
    public async Task What_the_parser_quotes_is_not_answered()
    {
        var answer = await _api.PostAsync("/notice-rules", """{ "password": hunter2 }""");

        Assert.DoesNotContain("hunter2", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{ "data": {} }"""));
        if (type is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await _api.Site.Http.PostAsync($"/api/v1{Settle}", content, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_missing_body_is_told()
    {
        using var response = await _api.Site.Http.PostAsync($"/api/v1{Settle}", null, Cancellation);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task A_foreign_page_changes_nothing(string origin) =>
        (await _api.PostAsync(Settle, new { data = new { } }, ("Origin", origin))).Is(403);

    [Fact]
    public async Task The_own_page_may_use_the_API() => (await _api.PostAsync(Settle, new { data = new { } }, ("Origin", _api.Site.Address))).Is(200);

    [Theory]
    [InlineData("/runs?state=bogus", "state cannot be \"bogus\"; it is queued, running")]
    [InlineData("/runs?limit=abc", "limit cannot be \"abc\"")]
    [InlineData("/datasets?descending=perhaps", "descending cannot be \"perhaps\"")]
    [InlineData("/audit?until=tomorrow", "until cannot be \"tomorrow\"")]
    [InlineData("/runs?limit=0", "limit is from 1 to 200.")]
    [InlineData("/runs?cursor=%21", "cursor is not one that this list gave")]
    [InlineData("/runs?limit=201", "limit is from 1 to 200.")]
    public async Task What_is_wrong_in_the_query_is_told(string path, string words) =>
        Assert.Contains(words, (await _api.GetAsync(path)).Is(400)["detail"], StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("PUT", "/api/v1/connectors")]
    [InlineData("DELETE", "/api/nothing")]
    public async Task An_unknown_operation_is_a_problem_with_words(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _api.Site.Http.SendAsync(request, Cancellation);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal($"The API has no operation {method} {path}. See /api.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://+:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://192.168.1.5:5080")]
    [InlineData("http://platform.example:5080")]
    [InlineData("http://localhost.example:5080")]
    [InlineData("http://127.0.0.1:5080;http://0.0.0.0:5081")]
    [InlineData("5080")]
    public void An_address_that_is_not_on_loopback_is_refused_with_the_reason(string address)
    {
        var exception = Assert.Throws<PlatformException>(() => Server.Build(_api.Site.DataFolder, address));

        Assert.Contains("loopback only", exception.Message, StringComparison.Ordinal);
        Assert.Equal(PlatformFault.Input, exception.Fault);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://localhost:5099")]
    [InlineData("http://[::1]:0")]
    public async Task An_address_on_loopback_is_taken(string address)
    {
        await using var server = Server.Build(Path.Combine(_api.Site.DataFolder, "other"), address);

        Assert.NotNull(server);
    }
}
