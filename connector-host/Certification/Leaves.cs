using System.Text.Json.Nodes;

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
