using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>Reads a property's schema as the declaration of a field; what the lint would refuse is read as well as possible.</summary>
internal static class FieldReader
{
    /// <summary>Null when the schema has neither title nor type: then it only tightens a field that is declared elsewhere.</summary>
    public static Field? Read(string name, JsonElement schema)
    {
        if (!schema.Has("title") && !schema.Has("type"))
        {
            return null;
        }

        return new()
        {
            Name = name,
            Type = TypeOf(schema),
            Title = schema.Text("title") is { Length: > 0 } title ? title : name,
            Schema = schema,
            Default = schema.Member("default"),
            Order = schema.Member("x-order") is { ValueKind: JsonValueKind.Number } order && order.TryGetInt32(out var number) ? number : null,
            Choices = ChoicesOf(schema),
            Menu = ReadMenu(schema),
            IsSecret = schema.IsTrue("x-secret"),
        };
    }

    public static FieldType? TypeNamed(string? name) => name switch
    {
        "string" => FieldType.String,
        "integer" => FieldType.Integer,
        "number" => FieldType.Number,
        "boolean" => FieldType.Boolean,
        "array" => FieldType.Array,
        "object" => FieldType.Object,
        _ => null,
    };

    private static FieldType TypeOf(JsonElement schema) =>
        TypeNamed(schema.Text("type") ?? schema.Texts("type").FirstOrDefault(type => type != "null"))
        ?? (schema.Has("properties") ? FieldType.Object : schema.Has("items") ? FieldType.Array : FieldType.String);

    /// <summary>The fixed menu of a field, or of a list's entries; null for one without.</summary>
    public static IReadOnlyList<Choice>? ChoicesOf(JsonElement schema)
    {
        if (schema.Member("enum") is { ValueKind: JsonValueKind.Array } values)
        {
            return [.. values.EnumerateArray().Select(value => new Choice(value, Plain(value), null))];
        }

        return schema.Member("oneOf") is { ValueKind: JsonValueKind.Array } entries
            ? [.. entries.EnumerateArray().Where(entry => entry.Has("const")).Select(ReadChoice)]
            : null;
    }

    private static Choice ReadChoice(JsonElement entry)
    {
        var value = entry.Member("const")!.Value;
        return new(value, entry.Text("title") ?? Plain(value), entry.Text("description"));
    }

    private static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static LiveMenu? ReadMenu(JsonElement schema) =>
        schema.Member("x-options") is { ValueKind: JsonValueKind.Object } options && options.Text("source") is { } source
            ? new(
                source,
                options.Texts("dependsOn"),
                options.IsTrue("allowCustom"),
                options.IsTrue("search"),
                options.Member("cacheSeconds") is { ValueKind: JsonValueKind.Number } seconds && seconds.TryGetInt32(out var number) ? number : null)
            : null;
}
