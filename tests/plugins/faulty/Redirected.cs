using System.Net.Http.Headers;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

/// <summary>The fault of going wherever a redirect leads, with the token and past the host's guard.</summary>
internal static class Redirected
{
    public static async Task<Pages.Page> GetAsync(ConnectorContext context, string request, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Pages.TokenOf(context));
        var address = new Uri(context.Http.BaseAddress!, request);
        while (true)
        {
            using var response = await client.GetAsync(address, cancellationToken);
            if (response.Headers.Location is not { } next)
            {
                response.EnsureSuccessStatusCode();
                return context.Read<Pages.Page>(JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken)));
            }

            address = new Uri(address, next);
        }
    }
}
