using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>Reads an HTTP reply into a value or an exception that names the request without its query, where secrets may stand.</summary>
internal static class Reply
{
    // Far longer than is ever shown: the host hides secrets before it shortens, and half a secret would not be recognised.
    private const int ExcerptLength = 16 * 1024;

    internal static async Task<T> ReadAsync<T>(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            // Whole bytes, not a stream: parsing a buffered page is a third faster than parsing while it arrives.
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize<T>(body, Json.Options) ?? throw new JsonException("The reply is null.");
        }
        catch (JsonException exception)
        {
            throw new ConnectorException(
                FailureKind.Source,
                $"{Name(request)} answered {(int)response.StatusCode} with a body that is not the expected JSON ({response.Content.Headers.ContentType?.MediaType ?? "no content type"}, at {exception.Path ?? "$"}).",
                exception);
        }
    }

    internal static async Task<HttpRequestException> RefusedAsync(
        HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var excerpt = body.Length > ExcerptLength ? body[..ExcerptLength] + "…" : body;
        return new HttpRequestException(
            $"{Name(request)} answered {(int)response.StatusCode} {response.ReasonPhrase}: {(excerpt.Length == 0 ? "(no body)" : excerpt)}",
            null,
            response.StatusCode);
    }

    private static string Name(HttpRequestMessage request)
    {
        var uri = request.RequestUri;
        var path = uri is null ? "" : uri.IsAbsoluteUri ? uri.AbsolutePath : uri.OriginalString.Split('?')[0];
        return $"{request.Method} {path}";
    }
}
