using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ConnectorPlatform.Connectors;

/// <summary>What a connector must not do besides its reading.</summary>
internal static class Deeds
{
    private static string? s_cache;

    // Of the constructor: it has no details yet, so a file beside the assembly names the fault.
    public static void OfConstructor()
    {
        var folder = Path.GetDirectoryName(typeof(Deeds).Assembly.Location)!;
        if (File.Exists(Path.Combine(folder, "constructor-socket")))
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect("127.0.0.1", 1);
            }
            catch (SocketException)
            {
                // Nobody listens; the deed is done all the same.
            }
        }
        else if (File.Exists(Path.Combine(folder, "constructor-file")))
        {
            _ = File.ReadAllText(Path.Combine(folder, "connector.json"));
        }
        else if (File.Exists(Path.Combine(folder, "constructor-listens")))
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
        }
        else if (File.Exists(Path.Combine(folder, "constructor-file-once")))
        {
            s_cache ??= WriteCache();
        }
    }

    private static string WriteCache()
    {
        var file = Path.Combine(Path.GetTempPath(), "faulty-cache");
        File.WriteAllText(file, "kept from one run to the next");
        return file;
    }

    public static async Task<Stream> WithOwnClientAsync(ConnectorContext context, string address, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var target = new Uri(context.Http.BaseAddress!, address);
        for (var hop = 0; ; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.Add("Authorization", $"Bearer {Token(context)}");
            var response = await client.SendAsync(request, cancellationToken);
            if (response.Headers.Location is null || hop > 3)
            {
                return await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken);
            }

            target = new Uri(target, response.Headers.Location);
        }
    }

    // No fault: some sources are asked so.
    public static async Task<JsonElement> PostAsync(ConnectorContext context, string address, CancellationToken cancellationToken)
    {
        using var reply = await context.Http.PostAsync(address, content: null, cancellationToken);
        return JsonElement.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }

    public static string Token(ConnectorContext context) => context.Credentials.GetProperty("access_token").GetString()!;

    public static DateTimeOffset? Local(DateTimeOffset? instant) =>
        instant is { } some ? new DateTimeOffset(Unspecified(some), TimeSpan.Zero) : null;

    // Right but for the hour that comes twice in autumn: the local time alone does not say which of the two it is.
    public static DateTimeOffset? ThroughLocal(DateTimeOffset? instant) =>
        instant is { } some ? new DateTimeOffset(Unspecified(some)) : null;

    private static DateTime Unspecified(DateTimeOffset instant) => DateTime.SpecifyKind(instant.LocalDateTime, DateTimeKind.Unspecified);

    public static long Rough(JsonElement number) => (long)double.Parse(number.GetRawText(), CultureInfo.InvariantCulture);
}
