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
    public static async Task<RequestParts> ReadAsync(HttpRequestMessage request, Uri baseAddress, CancellationToken cancellationToken) => Of(
        request.Method.Method,
        request.RequestUri!,
        request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false) : null,
        baseAddress);

    /// <param name="method">As it was sent.</param>
    /// <param name="address">Absolute.</param>
    /// <param name="body">The body's text; null when there is none.</param>
    /// <param name="baseAddress">The source's.</param>
    public static RequestParts Of(string method, Uri address, string? body, Uri baseAddress) => new(
        method,
        RelativePath(address, baseAddress),
        QueryHelpers.ParseQuery(address.Query).ToDictionary(entry => entry.Key, entry => entry.Value.ToString()),
        body is null ? null : BodyOf(body));

    private static string RelativePath(Uri uri, Uri baseAddress)
    {
        var root = baseAddress.GetLeftPart(UriPartial.Path);
        var address = uri.GetLeftPart(UriPartial.Path);
        return address.StartsWith(root, StringComparison.Ordinal) ? address[root.Length..] : address;
    }

    private static JsonElement BodyOf(string text)
    {
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
