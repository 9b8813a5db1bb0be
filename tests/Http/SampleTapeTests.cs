using System.Net;
using System.Text;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Http;

public sealed class SampleTapeTests : IDisposable
{
    private const string Index = """
        { "now": "2026-10-30T15:20:00Z", "credentials": { "access_token": "sample" },
          "details": [ { "name": "Clicks", "details": { "report": "clicks" } } ] }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly SourceHttp _http = new(new HttpLimits(), new WaitingClock());

    public SampleTapeTests() => Write("samples.json", Index);

    [Fact]
    public void The_index_tells_time_credentials_and_examples_without_reading_the_exchanges()
    {
        Write("clicks.json", "not JSON");

        var tape = SampleTape.Load(_folder.Path);

        Assert.Equal(new DateTimeOffset(2026, 10, 30, 15, 20, 0, TimeSpan.Zero), tape.Now);
        Assert.Equal("sample", tape.Credentials.GetProperty("access_token").GetString());
        var example = Assert.Single(tape.Examples);
        Assert.Equal(("Clicks", "clicks"), (example.Name, example.Details.GetProperty("report").GetString()));
    }

    [Theory]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks", "any")]
    [InlineData("bitlinks/bit.ly/abc/clicks", "any")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=day", "first page of days")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=day&size=50&other=x", "first page of days")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=day&cursor=a%20b", "second page of days")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=day&cursor=a+b", "second page of days")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=hour", "any")]
    [InlineData("bitlinks/bit.ly%2Fabc/clicks?unit=day&cursor=other", "any")]
    [InlineData("tags?tags=a&tags=b", "joined")]
    [InlineData("https://files.example.com/export?x=1", "elsewhere")]
    public async Task The_exchange_with_the_most_entries_that_fit_answers(string request, string expected)
    {
        Write("clicks.json", """
            [ { "request": { "path": "bitlinks/bit.ly%2Fabc/clicks" }, "reply": { "body": "any" } },
              { "request": { "path": "bitlinks/bit.ly/abc/clicks", "query": { "unit": "day", "cursor": null } }, "reply": { "body": "first page of days" } },
              { "request": { "path": "bitlinks/bit.ly/abc/clicks", "query": { "unit": "day", "cursor": "a b" } }, "reply": { "body": "second page of days" } },
              { "request": { "path": "tags", "query": { "tags": "a,b" } }, "reply": { "body": "joined" } },
              { "request": { "path": "https://files.example.com/export", "query": { "x": 1 } }, "reply": { "body": "elsewhere" } } ]
            """);

        Assert.Equal(expected, await Open().GetStringAsync(request, ClientBench.Cancellation));
    }

    [Fact]
    public async Task A_reply_has_its_status_headers_and_body()
    {
        Write("a.json", """
            [ { "request": { "path": "json" }, "reply": { "body": { "a": [1, 2.50] } } },
              { "request": { "path": "csv" }, "reply": { "status": 202, "headers": { "Content-Type": "text/csv", "X-Total": "2" }, "body": "a,b" } },
              { "request": { "path": "none", "method": "DELETE" }, "reply": { "status": 204 } } ]
            """);
        using var client = Open();

        var json = await client.GetAsync("json", ClientBench.Cancellation);
        var csv = await client.GetAsync("csv", ClientBench.Cancellation);
        var none = await client.DeleteAsync("none", ClientBench.Cancellation);

        Assert.Equal("""{ "a": [1, 2.50] }""", await json.Content.ReadAsStringAsync(ClientBench.Cancellation));
        Assert.Equal("application/json", json.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Accepted, csv.StatusCode);
        Assert.Equal(("text/csv", "2"), (csv.Content.Headers.ContentType?.ToString(), csv.Headers.GetValues("X-Total").Single()));
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);
        Assert.Equal("", await none.Content.ReadAsStringAsync(ClientBench.Cancellation));
    }

    [Theory]
    [InlineData("""{"kind":"a","page":2,"more":true}""", "a2")]
    [InlineData("""{"kind":"a","page":3}""", "a")]
    [InlineData("""plain""", "text")]
    public async Task The_given_members_of_a_body_must_be_equal(string body, string expected)
    {
        Write("a.json", """
            [ { "request": { "method": "POST", "path": "q", "body": { "kind": "a" } }, "reply": { "body": "a" } },
              { "request": { "method": "POST", "path": "q", "body": { "kind": "a", "page": 2.0 } }, "reply": { "body": "a2" } },
              { "request": { "method": "POST", "path": "q", "body": "plain" }, "reply": { "body": "text" } } ]
            """);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var response = await Open().PostAsync("q", content, ClientBench.Cancellation);

        Assert.Equal(expected, await response.Content.ReadAsStringAsync(ClientBench.Cancellation));
    }

    [Fact]
    public async Task A_request_that_was_not_recorded_is_told_with_what_the_samples_hold()
    {
        Write("a.json", """[ { "request": { "path": "clicks", "query": { "unit": "day" } }, "reply": {} } ]""");

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => Open().GetAsync("clicks?unit=hour", ClientBench.Cancellation));

        Assert.Equal(FailureKind.Details, failure.Kind);
        Assert.Equal("The sample data has no reply for GET clicks with unit=hour; it answers the details of its examples: Clicks.", failure.Message);
    }

    [Fact]
    public async Task Sample_data_waits_for_no_budget()
    {
        Write("a.json", """[ { "request": { "path": "a" }, "reply": {} } ]""");
        using var client = Open();

        for (var i = 0; i < 20; i++)
        {
            await client.GetAsync("a", ClientBench.Cancellation);
        }
    }

    [Fact]
    public void All_problems_of_all_files_are_told_with_file_and_pointer()
    {
        Write("a.json", """
            [ { "request": { "path": "/clicks?unit=day", "query": { "list": [1] } }, "reply": { "status": 99 } },
              { "request": { "path": "x", "query": { "unit": "day" } }, "reply": {} },
              { "request": { "path": "x", "query": { "cursor": null } }, "reply": {} } ]
            """);
        Write("b.json", """[ { "request": { "path": "x" }, "reply": {} }, { "request": { "pth": "x" }, "reply": {} } ]""");
        Write("c.json", "[");
        Write("d.json", """[ { "request": { "path": "x", "query": { "unit": "day" } }, "reply": {} } ]""");

        var failure = Assert.Throws<ConnectorException>(SampleTape.Load(_folder.Path).Check);

        Assert.Equal(FailureKind.Connector, failure.Kind);
        foreach (var place in (string[])[
            "samples/a.json#/0/request/path: ", "samples/a.json#/0/request/query/list: ", "samples/a.json#/0/reply/status: ",
            "samples/b.json#/1/request", "samples/c.json#", "fits this exchange and samples/a.json#/1 equally",
            "samples/d.json#/0: some request fits this exchange and samples/a.json#/1"])
        {
            Assert.Contains(place, failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{}", "now")]
    [InlineData("""{ "now": "today" }""", "#/now: ")]
    [InlineData("""{ "now": "2026-10-30T15:20:00Z", "details": [ { "name": "x" } ] }""", "#/details/0: ")]
    public void A_wrong_index_is_told_with_file_and_pointer(string index, string expected)
    {
        Write("samples.json", index);

        var failure = Assert.Throws<ConnectorException>(() => SampleTape.Load(_folder.Path));

        Assert.Contains("samples/samples.json#", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_without_samples_says_so()
    {
        var failure = Assert.Throws<ConnectorException>(() => SampleTape.Load(_folder.File("nowhere")));

        Assert.Equal(FailureKind.Details, failure.Kind);
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private void Write(string file, string text) => File.WriteAllText(_folder.File(file), text);

    private HttpClient Open()
    {
        var tape = SampleTape.Load(_folder.Path);
        return _http.Open(new SourceAccess
        {
            Policy = new HttpPolicy
            {
                BaseAddress = new Uri("https://api.example.com/v4/"),
                AllowedHosts = ["files.example.com"],
                Authentication = new AuthenticationRule("bearer"),
                RateBudget = new RateBudget(1, 3600),
            },
            Credentials = tape.Credentials,
            Mask = SecretMask.For(tape.Credentials),
            AccountKey = "sample",
            Tape = tape,
            Usage = new HttpUsage(),
            Log = _ => { },
        });
    }
}
