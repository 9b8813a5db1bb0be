using System.Globalization;

namespace ConnectorPlatform.Host.Http;

/// <summary>One line for each request of the connector; never a header, never a query's value.</summary>
internal sealed class RequestLog(SourceAccess access, TimeProvider time) : DelegatingHandler
{
    /// <summary>The handlers below work asynchronously only: a synchronous request would pass them all by.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new ConnectorException(FailureKind.Connector, "The connector called HttpClient.Send, which blocks a thread: call SendAsync.");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var progress = RequestProgress.Of(request);
        var start = time.GetTimestamp();
        HttpResponseMessage? response = null;
        try
        {
            return response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            access.Tell(Line(request, response, progress, time.GetElapsedTime(start)));
        }
    }

    private static string Line(HttpRequestMessage request, HttpResponseMessage? response, RequestProgress progress, TimeSpan elapsed)
    {
        var outcome = response is null ? "no reply" : string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode}, {progress.Bytes} bytes");
        var retries = progress.Retries == 0 ? "" : $", retries: {progress.Retries}";
        var paced = progress.Paced < TimeSpan.FromMilliseconds(100) ? "" : $", waited {Words.Seconds(progress.Paced)} for the account's limits";
        return string.Create(
            CultureInfo.InvariantCulture, $"{Words.Name(request)}: {outcome} in {elapsed.TotalMilliseconds:0} ms{retries}{paced}");
    }
}
