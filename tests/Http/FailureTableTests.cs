using System.Net;
using System.Reflection;
using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class FailureTableTests
{
    [Theory]
    [InlineData(400, "Details")]
    [InlineData(401, "Credentials")]
    [InlineData(402, "Details")]
    [InlineData(403, "Credentials")]
    [InlineData(404, "Details")]
    [InlineData(405, "Connector")]
    [InlineData(408, "Source")]
    [InlineData(409, "Details")]
    [InlineData(410, "Details")]
    [InlineData(415, "Connector")]
    [InlineData(422, "Details")]
    [InlineData(425, "Source")]
    [InlineData(429, "Source")]
    [InlineData(500, "Source")]
    [InlineData(503, "Source")]
    public void A_status_says_who_must_act(int status, string kind)
    {
        var failure = FailureTable.Of(new HttpRequestException("GET /things answered so.", null, (HttpStatusCode)status), SecretMask.None);

        Assert.Equal(kind, failure.Kind.ToString());
        Assert.EndsWith(" GET /things answered so.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureTable.Action(failure.Kind), failure.Action);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "The source's address cannot be found.")]
    [InlineData(HttpRequestError.ConnectionError, "The source cannot be reached.")]
    [InlineData(HttpRequestError.SecureConnectionError, "No trusted, encrypted connection")]
    [InlineData(HttpRequestError.ResponseEnded, "The source broke off its reply.")]
    [InlineData(HttpRequestError.Unknown, "The request to the source failed.")]
    public void A_missing_connection_is_told_in_plain_words(HttpRequestError error, string expected)
    {
        var failure = FailureTable.Of(new HttpRequestException(error, "host:443"), SecretMask.None);

        Assert.Equal(FailureKind.Source, failure.Kind);
        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Exception, string, string> Others => new()
    {
        { new ConnectorException(FailureKind.Details, "Choose a group."), "Details", "Choose a group." },
        { new TimeoutException("late"), "Source", "The source did not answer in time. (late)" },
        { new TaskCanceledException("late", new TimeoutException()), "Source", "The source did not answer in time. (late)" },
        { new OperationCanceledException("gone"), "Connector", "The connector failed with OperationCanceledException: gone" },
        { new JsonException("odd"), "Connector", "The connector failed with JsonException: odd" },
        { new AggregateException(new TimeoutException("late")), "Source", "The source did not answer in time. (late)" },
        { new TargetInvocationException(new InvalidOperationException("bug")), "Connector", "The connector failed with InvalidOperationException: bug" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_other_exception_has_its_place(Exception exception, string kind, string message)
    {
        var failure = FailureTable.Of(exception, SecretMask.None);

        Assert.Equal((kind, message), (failure.Kind.ToString(), failure.Message));
    }

    [Fact]
    public void Messages_are_masked()
    {
        var mask = SecretMask.For(JsonElement.Parse("""{"key":"s3cret"}"""));

        Assert.Equal("Not •••", FailureTable.Of(new ConnectorException(FailureKind.Details, "Not s3cret"), mask).Message);
    }
}
