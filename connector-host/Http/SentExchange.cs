using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace ConnectorPlatform.Host.Http;

/// <summary>The parts of a request that sample data knows it by.</summary>
/// <param name="Path">Relative to the base address, or absolute for another host; as it is written in the address.</param>
/// <param name="Query">Decoded; the values of a repeated entry are joined by commas.</param>
/// <param name="Body">JSON, or a text; null when there is none.</param>
internal sealed record RequestParts(string Method, string Path, IReadOnlyDictionary<string, string> Query, JsonElement? Body)
{
    public static async Task<RequestParts> ReadAsync(HttpRequestMessage request, Uri baseAddress, CancellationToken cancellationToken) => new(
        request.Method.Method,
        RelativePath(request.RequestUri!, baseAddress),
        QueryHelpers.ParseQuery(request.RequestUri!.Query).ToDictionary(entry => entry.Key, entry => entry.Value.ToString()),
        await BodyAsync(request, cancellationToken).ConfigureAwait(false));

    private static string RelativePath(Uri uri, Uri baseAddress)
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
}

/// <summary>A request of the connector with the reply that it got in the end, after retries and redirects.</summary>
/// <param name="Headers">The reply's, the values of a repeated one joined by commas.</param>
/// <param name="MediaType">Null when the reply names none.</param>
internal sealed record SentExchange(
    RequestParts Request, HttpStatusCode Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string? MediaType, byte[] Body);
