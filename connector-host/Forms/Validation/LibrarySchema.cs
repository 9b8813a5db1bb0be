using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Validation;

/// <summary>Writes a schema as the library must read it, so that it judges as conditions are settled: ECMAScript's patterns, lengths in code points.</summary>
internal static class LibrarySchema
{
    public static string Write(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteSchema(writer, schema);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSchema(Utf8JsonWriter writer, JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in schema.EnumerateArray())
            {
                WriteSchema(writer, item);
            }

            writer.WriteEndArray();
            return;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            schema.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            writer.WritePropertyName(member.Name is "minLength" or "maxLength" ? CodePointLength.Prefix + member.Name : member.Name);
            WriteKeyword(writer, member.Name, member.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteKeyword(Utf8JsonWriter writer, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "pattern" when value.ValueKind == JsonValueKind.String:
                writer.WriteStringValue(Pattern.Translate(value.GetString()!));
                break;
            case "properties" or "definitions" when value.ValueKind == JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var named in value.EnumerateObject())
                {
                    writer.WritePropertyName(named.Name);
                    WriteSchema(writer, named.Value);
                }

                writer.WriteEndObject();
                break;
            case "items" or "contains" or "not" or "if" or "then" or "else" or "allOf" or "anyOf" or "oneOf":
                WriteSchema(writer, value);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
