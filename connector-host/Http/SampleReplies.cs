using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Host.Http;

/// <summary>Stands where the network would be and answers from a tape.</summary>
internal sealed class SampleReplies(SampleTape tape, Uri baseAddress) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var uri = request.RequestUri!;
        var path = RelativePath(uri);
        var query = QueryHelpers.ParseQuery(uri.Query).ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
        var body = await BodyAsync(request, cancellationToken).ConfigureAwait(false);
        var exchange = tape.Find(request.Method.Method, path, query, body)
            ?? throw new ConnectorException(FailureKind.Details, Unanswered(request.Method, path, query));
        return Response(exchange.Reply, request);
    }

    private string RelativePath(Uri uri)
    {
        var root = baseAddress.GetLeftPart(UriPartial.Path);
        var address = uri.GetLeftPart(UriPartial.Path);
        return address.StartsWith(root, StringComparison.Ordinal) ? address[root.Length..] : address;
    }

    private static async Task<JsonElement?> BodyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null)
        {
            return null;
        }

        var text = await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }

    private string Unanswered(HttpMethod method, string path, Dictionary<string, string> query)
    {
        var settings = query.Count == 0 ? "" : $" with {string.Join(", ", query.Select(entry => $"{entry.Key}={entry.Value}"))}";
        var examples = tape.Examples.Count == 0 ? "" : $": {string.Join(", ", tape.Examples.Select(example => example.Name))}";
        return $"The sample data has no reply for {method} {path}{settings}; it answers the details of its examples{examples}.";
    }

    private static HttpResponseMessage Response(SampleReply reply, HttpRequestMessage request)
    {
        var (text, type) = reply.Body switch
        {
            null => ("", "text/plain"),
            { ValueKind: JsonValueKind.String } body => (body.GetString()!, "text/plain"),
            { } body => (body.GetRawText(), "application/json"),
        };
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status)
        {
            RequestMessage = request,
            Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue(type, "utf-8")),
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
