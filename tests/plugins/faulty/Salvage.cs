using System.Text;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

/// <summary>The fault of making do with what has arrived of a body.</summary>
internal static class Salvage
{
    public static async Task<Pages.Page?> GetAsync(ConnectorContext context, string request, CancellationToken cancellationToken)
    {
        using var arrived = new MemoryStream();
        try
        {
            using var response = await context.Http.GetAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await body.CopyToAsync(arrived, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException { StatusCode: null })
        {
            // What has arrived must do.
        }

        var text = Encoding.UTF8.GetString(arrived.ToArray());
        try
        {
            return context.Read<Pages.Page>(JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            var end = text.LastIndexOf('}');
            return end < 0 ? null : context.Read<Pages.Page>(JsonElement.Parse($"{text[..(end + 1)]}], \"next\": null }}"));
        }
    }
}
