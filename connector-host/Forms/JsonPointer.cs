using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConnectorPlatform.Host.Forms;

/// <summary>JSON pointers (RFC 6901) as plain strings; the empty string is the document itself.</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string name) =>
        string.Concat(pointer, "/", name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    public static string Append(string pointer, int index) =>
        string.Concat(pointer, "/", index.ToString(CultureInfo.InvariantCulture));

    /// <summary>The pointer's last name, unescaped.</summary>
    public static string LastName(string pointer) => Unescape(pointer[(pointer.LastIndexOf('/') + 1)..]);

    public static string Parent(string pointer) => pointer[..Math.Max(0, pointer.LastIndexOf('/'))];

    /// <summary>The names from the document down, unescaped.</summary>
    public static IEnumerable<string> Names(string pointer) => pointer.Split('/').Skip(1).Select(Unescape);

    /// <summary>The value at the pointer; null where there is none.</summary>
    public static JsonElement? Find(JsonElement document, string pointer)
    {
        var value = document;
        foreach (var part in pointer.Split('/').Skip(1))
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Unescape(part), out var member))
            {
                value = member;
            }
            else if (value.ValueKind == JsonValueKind.Array
                && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < value.GetArrayLength())
            {
                value = value[index];
            }
            else
            {
                return null;
            }
        }

        return value;
    }

    /// <summary>The object that has the member at the pointer; null where there is none.</summary>
    public static JsonObject? OwnerOf(JsonNode document, string pointer)
    {
        JsonNode? owner = document;
        foreach (var name in Names(Parent(pointer)))
        {
            owner = owner switch
            {
                JsonObject members => members[name],
                JsonArray items when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return owner as JsonObject;
    }

    private static string Unescape(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
