using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>Reads members whose shape is not certain.</summary>
internal static class JsonElementReading
{
    public static JsonElement EmptyObject { get; } = JsonElement.Parse("{}");

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static bool IsTrue(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.True };

    public static bool Has(this JsonElement element, string name) => element.Member(name) is not null;

    /// <summary>The items of an array member; empty when it is absent or no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The texts in an array member.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element, string name) =>
        [.. element.Items(name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];
}
