using System.Globalization;

namespace ConnectorPlatform.Host.Http;

/// <summary>How requests and durations are named in messages.</summary>
internal static class Words
{
    /// <summary>Method, path and the query's names; the values may hold secrets.</summary>
    public static string Name(HttpRequestMessage request)
    {
        var uri = request.RequestUri!;
        var query = uri.Query.TrimStart('?');
        var names = query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.IndexOf('=') is > 0 and var end ? $"{pair[..end]}=…" : "…");
        return $"{request.Method} {uri.AbsolutePath}{(query.Length == 0 ? "" : "?")}{string.Join('&', names)}";
    }

    public static string Seconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s");
}
