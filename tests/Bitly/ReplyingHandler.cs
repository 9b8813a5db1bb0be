using System.Net;
using System.Text;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>Answers each request with the status and body that a function gives.</summary>
internal sealed class ReplyingHandler(Func<HttpRequestMessage, (int Status, string Body)> reply) : HttpMessageHandler
{
    public List<string> Requests { get; } = [];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        var (status, body) = reply(request);
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)
        {
            RequestMessage = request,
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
    }
}
