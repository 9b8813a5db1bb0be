using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>Fits new exchanges to each other and to those that a tape has, so that each request finds one reply.</summary>
internal sealed class TapeMerge(ILookup<string, SampleExchange> existing)
{
    private static readonly JsonElement Absent = JsonElement.Parse("null");

    /// <summary>How many requests were answered in different ways one after the other; sample data keeps the last.</summary>
    public int AnsweredAnew { get; private set; }

    /// <returns>What the tape lacks.</returns>
    /// <exception cref="PlatformException">The tape answers one of the requests otherwise.</exception>
    public IReadOnlyList<SampleExchange> Merge(IReadOnlyList<SampleExchange> recorded)
    {
        var distinct = new List<SampleExchange>();
        foreach (var exchange in recorded)
        {
            var earlier = distinct.FindIndex(other => IsSame(other.Request, exchange.Request));
            if (earlier < 0)
            {
                distinct.Add(exchange);
                continue;
            }

            AnsweredAnew += IsSame(distinct[earlier].Reply, exchange.Reply) ? 0 : 1;
            distinct[earlier] = exchange;
        }

        return [.. distinct.GroupBy(exchange => exchange.Request.Key).SelectMany(group => Distinguished([.. group]))];
    }

    // Requests to one path that differ in which entries they have, such as a first page without a cursor, say what they do not have.
    private IEnumerable<SampleExchange> Distinguished(IReadOnlyList<SampleExchange> exchanges)
    {
        var known = existing[exchanges[0].Request.Key].ToList();
        var names = exchanges.Concat(known).SelectMany(exchange => exchange.Request.Query.Keys).Distinct().ToList();
        foreach (var exchange in exchanges)
        {
            var query = exchange.Request.Query;
            var lacks = names.Where(name => !query.ContainsKey(name)).Select(name => KeyValuePair.Create(name, Absent));
            var full = exchange with { Request = exchange.Request with { Query = new OrderedDictionary<string, JsonElement>(query.Concat(lacks)) } };
            var twin = known.Find(other => IsSame(other.Request, full.Request) || other.Request.IsAmbiguousWith(full.Request));
            if (twin is null)
            {
                yield return full;
            }
            else if (!IsSame(twin.Reply, full.Reply))
            {
                throw new PlatformException(
                    PlatformFault.Input,
                    $"Nothing was written: {twin.Place} answers {exchange.Request.Key} already, with another reply than the source gave now. Remove that exchange, record its example anew with --replace, or record into another folder with --into.");
            }
        }
    }

    private static bool IsSame(SampleRequest one, SampleRequest other) =>
        one.Key == other.Key
        && IsSame(one.Body, other.Body)
        && one.Query.Keys.Union(other.Query.Keys).All(name => TextOf(one, name) == TextOf(other, name));

    private static bool IsSame(SampleReply one, SampleReply other) =>
        one.Status == other.Status
        && IsSame(one.Body, other.Body)
        && one.Headers.Count == other.Headers.Count
        && one.Headers.All(header => other.Headers.GetValueOrDefault(header.Key) == header.Value);

    private static bool IsSame(JsonElement? one, JsonElement? other) =>
        one is null || other is null ? one is null && other is null : JsonElement.DeepEquals(one.Value, other.Value);

    private static string? TextOf(SampleRequest request, string name) => request.Query.GetValueOrDefault(name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => other.GetRawText(),
    };
}
