using System.Net;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Contracts;

public sealed class ReplyTests : IDisposable
{
    private readonly WireMockServer _source = WireMockServer.Start();
    private readonly ConnectorContext _context;

    public ReplyTests() => _context = new ConnectorContext { Http = new HttpClient { BaseAddress = new Uri(_source.Url! + "/api/") } };

    public void Dispose() => _source.Dispose();

    private enum Colour
    {
        DarkRed,
    }

    private sealed record Reading(
        long? Id = null,
        decimal? Amount = null,
        double? Ratio = null,
        DateTimeOffset? At = null,
        Colour? Colour = null,
        DateOnly? Day = null);

    [Theory]
    [InlineData("2020-02-26T04:00:39+0000", "2020-02-26T04:00:39.0000000+00:00")]
    [InlineData("2020-02-26T04:00:39-0530", "2020-02-26T04:00:39.0000000-05:30")]
    [InlineData("2020-02-26T04:00:39.123456+0200", "2020-02-26T04:00:39.1234560+02:00")]
    [InlineData("2020-02-26T04:00:39.123456789Z", "2020-02-26T04:00:39.1234567+00:00")]
    [InlineData("2020-02-26T04:00:39+01:00", "2020-02-26T04:00:39.0000000+01:00")]
    [InlineData("2020-02-26", "2020-02-26T00:00:00.0000000+00:00")]
    public async Task Instants_are_read_with_every_iso_offset(string text, string expected) =>
        Assert.Equal(expected, (await ReadAsync($$"""{ "at": "{{text}}" }""")).At!.Value.ToString("O"));

    [Theory]
    [InlineData("12:30")]
    [InlineData("10/30/2026")]
    [InlineData("")]
    [InlineData("yesterday")]
    public async Task A_text_that_is_no_iso_instant_is_refused_rather_than_guessed(string text) =>
        Assert.Contains("at $.at", (await Assert.ThrowsAsync<ConnectorException>(() => ReadAsync($$"""{ "at": "{{text}}" }"""))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Numbers_are_exact_and_may_stand_in_text()
    {
        Assert.Equal(long.MaxValue, (await ReadAsync("""{ "id": 9223372036854775807 }""")).Id);
        Assert.Equal(long.MinValue, (await ReadAsync("""{ "id": "-9223372036854775808" }""")).Id);
        Assert.Equal("12.50", (await ReadAsync("""{ "amount": "12.50" }""")).Amount!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(0.1, (await ReadAsync("""{ "ratio": 0.1 }""")).Ratio);
        await Assert.ThrowsAsync<ConnectorException>(() => ReadAsync("""{ "id": 9223372036854775808 }"""));
    }

    [Fact]
    public async Task Names_are_snake_case_unknown_members_are_ignored_and_absent_ones_null()
    {
        var reading = await ReadAsync("""{ "colour": "dark_red", "day": "2026-02-28", "id": null, "new_member": [1] }""");

        Assert.Equal(new Reading(Colour: Colour.DarkRed, Day: new(2026, 2, 28)), reading);
    }

    [Theory]
    [InlineData("<html>Sign in</html>", "text/html", "GET /api/things answered 200 with a body that is not the expected JSON (text/html, at $).")]
    [InlineData("null", "application/json", "GET /api/things answered 200 with a body that is not the expected JSON (application/json, at $).")]
    [InlineData("", "application/json", "GET /api/things answered 200 with a body that is not the expected JSON (application/json, at $).")]
    [InlineData("""{ "id": [] }""", "application/json", "GET /api/things answered 200 with a body that is not the expected JSON (application/json, at $.id).")]
    public async Task A_reply_that_is_not_the_expected_json_is_told_without_its_query(string body, string contentType, string message)
    {
        var exception = await Assert.ThrowsAsync<ConnectorException>(() => ReadAsync(body, contentType));

        Assert.Equal((FailureKind.Source, message), (exception.Kind, exception.Message));
    }

    [Fact]
    public async Task An_error_status_travels_with_the_exception_and_the_query_does_not()
    {
        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync("""{ "message": "NO_SUCH_GROUP" }""", status: 403));
        var empty = await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync("", status: 500));
        var endless = await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync(new string('x', 50_000), status: 404));

        Assert.Equal(HttpStatusCode.Forbidden, exception.StatusCode);
        Assert.Equal("GET /api/things answered 403 Forbidden: { \"message\": \"NO_SUCH_GROUP\" }", exception.Message);
        Assert.Equal("GET /api/things answered 500 Internal Server Error: (no body)", empty.Message);
        Assert.InRange(endless.Message.Length, 16 * 1024, (16 * 1024) + 100);
    }

    private Task<Reading> ReadAsync(string body, string contentType = "application/json", int status = 200)
    {
        _source.Reset();
        _source.Given(Request.Create().WithPath("/api/things").UsingGet())
            .RespondWith(Response.Create().WithStatusCode(status).WithHeader("Content-Type", contentType).WithBody(body));
        return _context.GetAsync<Reading>("things?key=s3cret", TestContext.Current.CancellationToken);
    }
}
