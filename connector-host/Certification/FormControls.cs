using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Posts data as the page's controls do.</summary>
internal static class FormControls
{
    public static IEnumerable<KeyValuePair<string, string>> Of(JsonElement data, string pointer = "") => data.ValueKind switch
    {
        JsonValueKind.Object => data.EnumerateObject().SelectMany(member => Of(member.Value, JsonPointer.Append(pointer, member.Name))),
        JsonValueKind.Array when data.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.Object) =>
            data.EnumerateArray().SelectMany((entry, index) => Of(entry, $"{pointer}/{index}")),
        JsonValueKind.Array => data.EnumerateArray().Select(entry => KeyValuePair.Create(pointer, Text(entry))).Prepend(KeyValuePair.Create(pointer, "")),
        JsonValueKind.True or JsonValueKind.False => [KeyValuePair.Create(pointer, ""), KeyValuePair.Create(pointer, data.GetRawText())],
        _ => [KeyValuePair.Create(pointer, Text(data))],
    };

    /// <summary>The data without what a page cannot tell from nothing.</summary>
    public static JsonElement WithoutEmpty(JsonElement data) => JsonSerializer.SerializeToElement(Pruned(JsonNode.Parse(data.GetRawText())));

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static JsonNode? Pruned(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Pruned(member.Value))).Where(member => !IsEmpty(member.Value))),
        JsonArray entries => new JsonArray([.. entries.Select(Pruned)]),
        _ => node?.DeepClone(),
    };

    private static bool IsEmpty(JsonNode? node) => node is null or JsonArray { Count: 0 } or JsonObject { Count: 0 }
        || (node is JsonValue value && value.TryGetValue<string>(out var text) && text.Trim().Length == 0);
}
