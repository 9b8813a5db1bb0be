using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>Writes the files of a <c>samples/</c> folder.</summary>
internal static class TapeText
{
    private const string Examples = "details";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <summary>The file of an example's exchanges, such as <c>recorded-top-links.json</c>.</summary>
    /// <exception cref="PlatformException">The name has no letter or digit that a file's name could have.</exception>
    public static string FileFor(string example)
    {
        var words = new string([.. example.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0
            ? $"recorded-{string.Join('-', words)}.json"
            : throw new PlatformException(PlatformFault.Input, $"The example's name \"{example}\" needs a letter from a to z or a digit: its file is named after it.");
    }

    /// <summary>A list with one exchange a line.</summary>
    public static string Exchanges(IReadOnlyList<SampleExchange> exchanges) =>
        $"[\n{string.Join(",\n", exchanges.Select(exchange => Line(exchange)))}\n]\n";

    /// <summary>The index with one more example, or with new details for it; the rest of an existing index stays.</summary>
    public static string Index(string? existing, DateTimeOffset now, JsonElement credentials, SampleExample example)
    {
        var index = existing is null
            ? new JsonObject
            {
                ["now"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                ["credentials"] = JsonNode.Parse(credentials.GetRawText()),
            }
            : JsonNode.Parse(existing)!.AsObject();
        var entry = new JsonObject { ["name"] = example.Name, [Examples] = JsonNode.Parse(example.Details.GetRawText()) };
        var examples = index[Examples] as JsonArray ?? [];
        var place = examples.ToList().FindIndex(other => (string?)other!["name"] == example.Name);
        if (place < 0)
        {
            examples.Add((JsonNode)entry);
        }
        else
        {
            examples[place] = entry;
        }

        index[Examples] = examples.Parent is null ? examples : examples.DeepClone();
        return index.ToJsonString(Indented) + "\n";
    }

    private static string Line(SampleExchange exchange)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("request");
            Write(writer, exchange.Request);
            writer.WriteEndObject();
            writer.WriteStartObject("reply");
            Write(writer, exchange.Reply);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, SampleRequest request)
    {
        if (request.Method != HttpMethods.Get)
        {
            writer.WriteString("method", request.Method);
        }

        writer.WriteString("path", request.Path);
        if (request.Query.Count > 0)
        {
            writer.WritePropertyName("query");
            JsonSerializer.Serialize(writer, request.Query);
        }

        WriteBody(writer, request.Body);
    }

    private static void Write(Utf8JsonWriter writer, SampleReply reply)
    {
        if (reply.Status != StatusCodes.Status200OK)
        {
            writer.WriteNumber("status", reply.Status);
        }

        if (reply.Headers.Count > 0)
        {
            writer.WritePropertyName("headers");
            JsonSerializer.Serialize(writer, reply.Headers);
        }

        WriteBody(writer, reply.Body);
    }

    private static void WriteBody(Utf8JsonWriter writer, JsonElement? body)
    {
        if (body is { } json)
        {
            writer.WritePropertyName("body");
            json.WriteTo(writer);
        }
    }
}
