using System.Text.Json;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>
/// The connector's sample data: method, path and all given query entries of an exchange must equal the request's (null means absent); the
/// exchange with most entries wins.
/// </summary>
internal static class SampleTape
{
    public static string Folder => Repository.PathOf("connectors", "bitly", "samples");

    public static JsonElement Settings { get; } = JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "samples.json")));

    public static DateTimeOffset Now => Settings.GetProperty("now").GetDateTimeOffset();

    public static IReadOnlyList<Exchange> Exchanges { get; } =
    [
        .. Directory.GetFiles(Folder, "*.json")
            .Where(file => Path.GetFileName(file) != "samples.json")
            .SelectMany(file => JsonElement.Parse(File.ReadAllText(file)).EnumerateArray().Select(Exchange.Read)),
    ];

    public static ReplyingHandler Handler() => new(Answer);

    public static BitlyRun Run() => new(Handler(), Now);

    private static (int Status, string Body) Answer(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath["/v4/".Length..];
        var query = request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=', 2))
            .ToDictionary(entry => entry[0], entry => Uri.UnescapeDataString(entry[1]));
        var exchange = Exchanges
            .Where(exchange => exchange.Method == request.Method.Method && exchange.Path == path
                && exchange.Query.All(entry => query.GetValueOrDefault(entry.Key) == entry.Value))
            .MaxBy(exchange => exchange.Query.Count)
            ?? throw new ConnectorException(FailureKind.Details, $"The sample data has no reply to {request.Method} {request.RequestUri.PathAndQuery}.");
        return (exchange.Status, exchange.Body);
    }

    internal sealed record Exchange(string Method, string Path, IReadOnlyDictionary<string, string?> Query, int Status, string Body)
    {
        public string Request => $"{Method} {Path}?{string.Join('&', Query.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value ?? "(absent)"}"))}";

        public static Exchange Read(JsonElement element)
        {
            var request = element.GetProperty("request");
            var reply = element.GetProperty("reply");
            return new Exchange(
                request.TryGetProperty("method", out var method) ? method.GetString()! : "GET",
                request.GetProperty("path").GetString()!,
                request.TryGetProperty("query", out var query)
                    ? query.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString())
                    : new Dictionary<string, string?>(),
                reply.TryGetProperty("status", out var status) ? status.GetInt32() : 200,
                reply.GetProperty("body").GetRawText());
        }
    }
}
