using System.Net;
using ConnectorPlatform.Connectors.Bitly;

namespace ConnectorPlatform.Tests.Bitly;

public sealed class RefusalTests
{
    private const string Clicks = "the clicks of Bitlink bit.ly/abc";

    [Theory]
    [InlineData(400, """{"message":"INVALID_ARG_UNIT","description":"The value provided is invalid.","errors":[{"field":"unit","error_code":"invalid"}]}""", FailureKind.Details, "The value provided is invalid.; unit invalid")]
    [InlineData(401, """{"message":"FORBIDDEN"}""", FailureKind.Credentials, "reconnect the account")]
    [InlineData(402, """{"message":"UPGRADE_REQUIRED"}""", FailureKind.Details, "plan does not include the clicks of Bitlink bit.ly/abc")]
    [InlineData(403, """{"message":"FORBIDDEN"}""", FailureKind.Details, "belongs to another account")]
    [InlineData(403, """{"message":"RATE_LIMIT_EXCEEDED"}""", FailureKind.Source, "rate limit")]
    [InlineData(404, "404 page not found", FailureKind.Details, "does not know the clicks of Bitlink bit.ly/abc")]
    [InlineData(404, """{"message":"NOT_FOUND"}""", FailureKind.Details, "does not know")]
    [InlineData(410, "", FailureKind.Details, "was deleted")]
    [InlineData(417, """{"code":"DNS_CONFIGURATION_ERROR"}""", FailureKind.Details, "no reason given")]
    [InlineData(422, """["not an object"]""", FailureKind.Details, "no reason given")]
    [InlineData(429, """{"message":"RATE_LIMIT_EXCEEDED"}""", FailureKind.Source, "rate limit")]
    [InlineData(429, "null", FailureKind.Source, "rate limit")]
    [InlineData(429, """{"message":"API_USAGE_LIMIT_EXCEEDED"}""", FailureKind.Source, "monthly limit")]
    [InlineData(500, """{"message":"INTERNAL_ERROR"}""", FailureKind.Source, "not available at the moment (500)")]
    [InlineData(503, "<html>busy</html>", FailureKind.Source, "not available at the moment (503)")]
    [InlineData(302, "", FailureKind.Source, "answered 302")]
    public void A_refusal_says_who_must_act(int status, string body, FailureKind kind, string message)
    {
        var failure = BitlyApi.ToFailure((HttpStatusCode)status, body, Clicks);

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.True(BitlyApi.IsRefusal(failure, (HttpStatusCode)status));
    }

    [Fact]
    public void A_403_for_the_accounts_own_user_is_the_tokens_fault() => Assert.Equal(
        FailureKind.Credentials, BitlyApi.ToFailure(HttpStatusCode.Forbidden, """{"message":"FORBIDDEN"}""", BitlyApi.OwnUser).Kind);
}
