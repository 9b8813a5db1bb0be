using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A scalar in a reply.</summary>
/// <param name="Pattern">Its path with stars for positions in arrays, as in <c>links/*/id</c>.</param>
internal sealed record Leaf(string Pattern, JsonValue Value)
{
    public void Replace(JsonNode? value) => Value.ReplaceWith(value);
}

/// <summary>The scalars of a reply.</summary>
internal static class Leaves
{
    public static IReadOnlyList<Leaf> Of(JsonNode? node)
    {
        var leaves = new List<Leaf>();
        Collect(node, "", leaves);
        return leaves;
    }

    /// <summary>The scalars of a recorded reply; none when it is not JSON.</summary>
    public static IReadOnlyList<Leaf> Of(SampleExchange exchange) =>
        exchange.Reply.Body is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } body ? Of(JsonNode.Parse(body.GetRawText())) : [];

    /// <summary>Puts a value, given as JSON, in the place of a recorded one.</summary>
    public static Func<SampleExchange, string, string> Replacing(string place, int leaf, string json) => (exchange, text) =>
    {
        if (exchange.Place != place)
        {
            return text;
        }

        var page = JsonNode.Parse(text);
        Of(page)[leaf].Replace(JsonNode.Parse(json));
        return page!.ToJsonString();
    };

    private static void Collect(JsonNode? node, string path, List<Leaf> leaves)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    Collect(value, $"{path}/{name}", leaves);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Collect(item, $"{path}/*", leaves);
                }

                break;
            case JsonValue value:
                leaves.Add(new Leaf(path, value));
                break;
            default:
                break;
        }
    }
}
