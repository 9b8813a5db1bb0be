using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class SecretTests
{
    private const string Credentials = """{"login":"ann","password":"p\"ä/ s+word","nested":{"keys":["key-0001","key-0001-longer"]},"pin":"123"}""";
    private const string Password = "p\"ä/ s+word";

    private static readonly SecretMask Mask = SecretMask.For(JsonElement.Parse(Credentials));

    public static TheoryData<string> FormsOfThePassword =>
    [
        Password,
        Uri.EscapeDataString(Password),
        Uri.EscapeDataString(Password).Replace("%2F", "%2f", StringComparison.Ordinal),
        "p%22%C3%A4%2F+s%2Bword",
        """p\u0022\u00E4/ s\u002Bword""",
        "p\\\"ä/ s+word",
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Password}")),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Password}:")),
    ];

    [Theory]
    [MemberData(nameof(FormsOfThePassword))]
    public void A_secret_is_hidden_in_every_form_it_travels_in(string form) =>
        Assert.Matches("^before ••• *=*after$", Mask.Mask($"before {form}after"));

    [Fact]
    public void The_longer_of_two_secrets_is_hidden_whole() => Assert.Equal("<•••>", Mask.Mask("<key-0001-longer>"));

    [Fact]
    public void Short_values_and_other_texts_stay_as_they_are()
    {
        const string text = "GET /ann/123 answered 200";

        Assert.Same(text, Mask.Mask(text));
        Assert.Same(text, SecretMask.None.Mask(text));
    }

    [Fact]
    public void The_choices_that_the_form_offers_are_no_secrets()
    {
        var form = JsonElement.Parse("""{ "properties": { "way": { "oneOf": [{ "const": "token" }, { "const": "oauth" }] }, "region": { "enum": ["europe"] }, "access_token": { "type": "string" } } }""");
        var mask = SecretMask.For(JsonElement.Parse("""{ "way": "token", "region": "europe", "access_token": "secret-of-ann" }"""), form);

        Assert.Equal("The token ••• of europe", mask.Mask("The token secret-of-ann of europe"));
    }

    [Fact]
    public async Task No_secret_appears_in_any_log_line_or_error_even_when_the_source_sends_it_back()
    {
        await using var bench = await ClientBench.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync($"refused: {context.Request.Headers.Authorization} {context.Request.Path}", ClientBench.Cancellation);
        });
        var context = new ConnectorContext { Http = bench.Open() };
        var token = Uri.EscapeDataString(ClientBench.Token);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(
            () => bench.Clock.RunAsync(context.GetAsync<object>($"user/{token}?key={token}&{token}", ClientBench.Cancellation)));
        var told = FailureTable.Of(failure, SecretMask.For(JsonElement.Parse($$"""{"access_token":"{{ClientBench.Token}}"}""")));

        Assert.Contains("•••", told.Message, StringComparison.Ordinal);
        Assert.Equal(5, bench.Log.Count);
        foreach (var text in bench.Log.Append(told.Message).Append(told.Action))
        {
            Assert.DoesNotContain(ClientBench.Token, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(token, text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_request_is_logged_in_one_line_without_the_values_of_its_query()
    {
        await using var bench = await ClientBench.StartAsync(503);

        await bench.GetAsync("v4/things?unit=day&cursor=abc");

        Assert.Collection(
            bench.Log,
            line => Assert.Matches(@"^GET /v4/things\?unit=…&cursor=… was answered 503: retry 1 of 4 in \d(\.\d)? s$", line),
            line => Assert.Matches(@"^GET /v4/things\?unit=…&cursor=…: 200, 11 bytes in \d+ ms, retries: 1$", line));
    }

    [Fact]
    public async Task A_request_that_fails_is_logged_too()
    {
        await using var bench = await ClientBench.StartAsync();

        await Assert.ThrowsAsync<ConnectorException>(() => bench.Open().GetAsync("http://elsewhere.example/x", ClientBench.Cancellation));

        Assert.Equal("GET /x: no reply in 0 ms", Assert.Single(bench.Log));
    }
}
