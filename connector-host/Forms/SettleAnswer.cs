using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>What <see cref="FormSettle"/> answers to one document.</summary>
/// <remarks><c>Id</c> is the document's own, undefined when it has none; <c>Form</c> and <c>Settled</c> are null when the document could not be settled.</remarks>
internal sealed record SettleAnswer(JsonElement Id, Form? Form, Settled? Settled, IReadOnlyList<FormError> Errors)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer as one line of JSON.</summary>
    public string ToLine()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            WriteValue(writer, "id", Id);
            WriteList(writer, "visible", Settled?.Visible ?? []);
            WriteList(writer, "required", Settled?.Required ?? []);
            WriteValue(writer, "data", Settled?.Data ?? default);
            WriteErrors(writer, Errors);
            writer.WriteStartObject("hidden");
            foreach (var (pointer, why) in Settled?.Hidden ?? new Dictionary<string, string>())
            {
                writer.WriteString(pointer, why);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            value.WriteTo(writer);
        }
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<FormError> errors)
    {
        writer.WriteStartArray("errors");
        foreach (var error in errors)
        {
            writer.WriteStartObject();
            writer.WriteString("path", error.Path);
            writer.WriteString("keyword", error.Keyword);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
