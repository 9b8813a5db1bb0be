using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>
/// Reads a posted HTML form, whose controls are named by the JSON pointers of their fields (<c>/window/start</c>, <c>/links/0/url</c>). A checkbox and a
/// multiple choice are accompanied by a hidden control of the same name with an empty value, which tells "none chosen" from "not on the page".
/// What cannot be converted is kept as the text that was typed, for validation to refuse and the page to show. Settling drops what is not visible.
/// </summary>
internal static class HtmlFormDecoder
{
    public static JsonElement Decode(Form form, IEnumerable<KeyValuePair<string, string>> controls)
    {
        var posted = controls.ToLookup(control => control.Key, control => control.Value, StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteObject(writer, form.Scope, "", posted);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void WriteObject(Utf8JsonWriter writer, Scope scope, string pointer, ILookup<string, string> posted)
    {
        writer.WriteStartObject();
        foreach (var (name, sites) in scope.Sites)
        {
            var at = JsonPointer.Append(pointer, name);
            if (scope.Children.TryGetValue(name, out var child) && child.Sites.Count > 0)
            {
                WriteNested(writer, sites[0].Field, child, at, posted);
            }
            else
            {
                WriteField(writer, sites[0].Field, [.. posted[at]]);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteNested(Utf8JsonWriter writer, Field field, Scope child, string pointer, ILookup<string, string> posted)
    {
        var below = pointer + "/";
        var names = posted.Select(control => control.Key).Where(name => name.StartsWith(below, StringComparison.Ordinal)).ToList();
        if (names.Count == 0)
        {
            return;
        }

        writer.WritePropertyName(field.Name);
        if (field.Type == FieldType.Object)
        {
            WriteObject(writer, child, pointer, posted);
            return;
        }

        writer.WriteStartArray();
        foreach (var index in names.Select(name => name[below.Length..].Split('/')[0]).Where(IsIndex).DistinctBy(Number).OrderBy(Number))
        {
            WriteObject(writer, child, below + index, posted);
        }

        writer.WriteEndArray();
    }

    private static bool IsIndex(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static int Number(string index) => int.Parse(index, NumberStyles.None, CultureInfo.InvariantCulture);

    private static void WriteField(Utf8JsonWriter writer, Field field, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        if (field.Type == FieldType.Array)
        {
            WriteList(writer, field, values);
        }
        else if (field.Type == FieldType.Boolean)
        {
            WriteBoolean(writer, field, values);
        }
        else if (Clean(values[^1], IsMultiLine(field.Schema)) is { Length: > 0 } text)
        {
            writer.WritePropertyName(field.Name);
            WriteScalar(writer, field.Type, text);
        }
    }

    private static void WriteBoolean(Utf8JsonWriter writer, Field field, IReadOnlyList<string> values)
    {
        var chosen = values.LastOrDefault(value => value.Length > 0);
        if (chosen is null && field.Schema.Text("x-widget") is "select" or "radio")
        {
            return;
        }

        writer.WritePropertyName(field.Name);
        switch (chosen)
        {
            case "true" or "on":
                writer.WriteBooleanValue(true);
                break;
            case "false" or null:
                writer.WriteBooleanValue(false);
                break;
            default:
                writer.WriteStringValue(chosen);
                break;
        }
    }

    // Each control holds one entry; a pasted list holds one a line.
    private static void WriteList(Utf8JsonWriter writer, Field field, IReadOnlyList<string> values)
    {
        List<string> entries = [.. values.SelectMany(value => value.Split('\n')).Select(value => Clean(value, keepLines: false)).Where(value => value.Length > 0)];
        if (entries.Count == 0)
        {
            return;
        }

        var type = FieldReader.TypeNamed(field.Schema.Member("items")?.Text("type")) ?? FieldType.String;
        writer.WriteStartArray(field.Name);
        foreach (var entry in entries)
        {
            WriteScalar(writer, type, entry);
        }

        writer.WriteEndArray();
    }

    private static void WriteScalar(Utf8JsonWriter writer, FieldType type, string text)
    {
        if (type == FieldType.Integer && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            writer.WriteNumberValue(integer);
        }
        else if (type == FieldType.Number && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static string Clean(string text, bool keepLines)
    {
        var lines = text.ReplaceLineEndings("\n");
        return (keepLines ? lines : lines.Replace("\n", "", StringComparison.Ordinal)).Trim();
    }

    private static bool IsMultiLine(JsonElement field) => field.Text("x-widget") is "textarea" or "code";
}
