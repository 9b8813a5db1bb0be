using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class AuthenticationHeaderTests
{
    [Theory]
    [InlineData("{{ key }}", """{"key":"abc"}""", "abc")]
    [InlineData("Basic {{ user + ':' + password | string.base64_encode }}", """{"user":"u","password":"pä"}""", "Basic dTpww6Q=")]
    [InlineData("{{ sign.key }}-{{ sign.numbers[1] }}-{{ sign.live }}", """{"sign":{"key":"k","numbers":[1,2.50],"live":true}}""", "k-2.50-true")]
    public void A_header_is_a_template_over_the_credentials(string template, string credentials, string expected)
    {
        var header = AuthenticationHeader.From(new AuthenticationRule("header", "X-Api-Key", template));

        Assert.Equal("X-Api-Key", header.Name);
        Assert.Equal(expected, header.ValueFor(JsonElement.Parse(credentials)));
    }

    [Theory]
    [InlineData("""{"access_token":"s3cret\r\nX-Evil: 1"}""", "contains a line break")]
    [InlineData("""{"access_token":"s3cret\n"}""", "contains a line break")]
    [InlineData("""{"access_token":"s3cret–token"}""", "not plain ASCII")]
    [InlineData("""{"access_token":"s3cret\u0000"}""", "not plain ASCII")]
    [InlineData("""{"access_token":"s3cret "}""", "space")]
    [InlineData("""{"access_token":""}""", "lacks a part")]
    [InlineData("""{"access_token":null}""", "lacks a part")]
    [InlineData("""{"login":"s3cret"}""", "missing")]
    [InlineData("""[]""", "missing")]
    public void Credentials_that_make_no_header_are_refused_in_words_without_showing_them(string credentials, string expected)
    {
        var header = AuthenticationHeader.From(new AuthenticationRule("bearer"));

        var failure = Assert.Throws<ConnectorException>(() => header.ValueFor(JsonElement.Parse(credentials)));

        Assert.Equal(FailureKind.Credentials, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ for i in 1..100000 }}x{{ end }}")]
    [InlineData("{{ 'x' | string.pad_right 100000 }}")]
    [InlineData("{{ func f; f; end; f }}")]
    [InlineData("{{ key.missing.member }}")]
    [InlineData("{{ include 'file' }}")]
    public void A_template_that_runs_away_is_stopped(string template)
    {
        var header = AuthenticationHeader.From(new AuthenticationRule("header", "X-Api-Key", template));

        Assert.Throws<ConnectorException>(() => header.ValueFor(JsonElement.Parse("""{"key":"abc"}""")));
    }

    [Theory]
    [InlineData("header", "X-Key", "{{ if }}", "no template")]
    [InlineData("header", "X Key", "{{ key }}", "no request header")]
    [InlineData("header", "Content-Type", "{{ key }}", "no request header")]
    [InlineData("header", null, "{{ key }}", "its type is")]
    [InlineData("digest", null, null, "its type is \"digest\"")]
    public void A_rule_that_cannot_work_is_the_authors_to_mend(string type, string? header, string? value, string expected)
    {
        var failure = Assert.Throws<ConnectorException>(() => AuthenticationHeader.From(new AuthenticationRule(type, header, value)));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_authentication_gets_no_header()
    {
        await using var bench = await ClientBench.StartAsync();
        var client = bench.Open(bench.Policy with { Authentication = new AuthenticationRule() }, credentials: "{}");

        await client.GetAsync("things", ClientBench.Cancellation);

        Assert.Null(Assert.Single(bench.Source.Requests).Authorization);
    }
}
