using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ConnectorPlatform.Host.Http;

/// <summary>Stands where the network would be and answers from a tape.</summary>
internal sealed class SampleReplies(SampleTape tape, Uri baseAddress) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (method, path, query, body) = await RequestParts.ReadAsync(request, baseAddress, cancellationToken).ConfigureAwait(false);
        var exchange = tape.Find(method, path, query, body)
            ?? throw new ConnectorException(FailureKind.Details, Unanswered(method, path, query));
        return Response(exchange.Reply, request);
    }

    private string Unanswered(string method, string path, IReadOnlyDictionary<string, string> query)
    {
        var settings = query.Count == 0 ? "" : $" with {string.Join(", ", query.Select(entry => $"{entry.Key}={entry.Value}"))}";
        var examples = tape.Examples.Count == 0 ? "" : $": {string.Join(", ", tape.Examples.Select(example => example.Name))}";
        return $"The sample data has no reply for {method} {path}{settings}; it answers the details of its examples{examples}.";
    }

    private static HttpResponseMessage Response(SampleReply reply, HttpRequestMessage request)
    {
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status)
        {
            RequestMessage = request,
            Content = new StringContent(reply.Text, Encoding.UTF8, new MediaTypeHeaderValue(reply.MediaType, "utf-8")),
        };
        foreach (var (name, value) in reply.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.Remove(name);
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
