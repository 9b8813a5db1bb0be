using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace ConnectorPlatform.Host.Web.Api.OpenApi;

/// <summary>Gives every answer and body of a description an example that fits its schema.</summary>
internal static class ExampleAnswers
{
    private const int Deepest = 6;

    /// <summary>Values that say more than the type alone.</summary>
    private static readonly Dictionary<string, string> Words = new()
    {
        ["id"] = "0193f2c47a1b7c3e9d5e8a6b4c2d1e0f",
        ["dataSet"] = "0193f2c47a1b7c3e9d5e8a6b4c2d1e0f",
        ["run"] = "0193f2c47a1b7c3e9d5e8a6b4c2d1e0f",
        ["connector"] = "bitly",
        ["account"] = "sample",
        ["name"] = "Link clicks",
        ["version"] = "1.0.0",
        ["connectorVersion"] = "1.0.0",
        ["category"] = "Cloud App",
        ["zone"] = "Europe/Berlin",
        ["when"] = "every day at 06:00",
        ["path"] = "/report",
        ["type"] = "about:blank",
        ["title"] = "That does not work",
        ["detail"] = "There is a DataSet \"Link clicks\" already; choose another name.",
    };

    public static string AddTo(string description)
    {
        var document = JsonNode.Parse(description)!;
        var schemas = document["components"]?["schemas"] as JsonObject ?? [];
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(entry => entry.Value).OfType<JsonObject>())
        {
            var answers = operation["responses"]?.AsObject().Select(answer => answer.Value) ?? [];
            foreach (var content in answers.Append(operation["requestBody"]).OfType<JsonObject>().Select(part => part["content"]).OfType<JsonObject>().SelectMany(types => types))
            {
                if (content.Key.EndsWith("json", StringComparison.Ordinal) && content.Value is JsonObject media && media["schema"] is { } schema)
                {
                    media["example"] ??= Of(schema, schemas, "", Deepest);
                }
            }
        }

        return document.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static JsonNode? Of(JsonNode schema, JsonObject schemas, string name, int deep)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            return deep == 0 ? null : Of(schemas[reference.Split('/')[^1]]!, schemas, name, deep - 1);
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            return choices.OfType<JsonObject>().FirstOrDefault(choice => TypeOf(choice) != "null") is { } chosen ? Of(chosen, schemas, name, deep) : null;
        }

        if (schema["enum"] is JsonArray words)
        {
            return words[0]?.DeepClone();
        }

        return TypeOf(schema) switch
        {
            "object" => new JsonObject((schema["properties"] as JsonObject ?? []).Select(member => KeyValuePair.Create(member.Key, Of(member.Value!, schemas, member.Key, deep)))),
            "array" => schema["items"] is { } items ? new JsonArray(Of(items, schemas, name, deep)) : new JsonArray(),
            "string" => Text(schema["format"]?.GetValue<string>(), name),
            "integer" or "number" => schema["default"]?.DeepClone() ?? 1,
            "boolean" => true,
            _ => new JsonObject(),
        };
    }

    private static string? TypeOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray types => types.Select(type => type!.GetValue<string>()).FirstOrDefault(type => type != "null"),
        JsonValue type => type.GetValue<string>(),
        _ => schema["properties"] is null ? null : "object",
    };

    private static string Text(string? format, string name) => format switch
    {
        "date-time" => "2026-12-01T06:00:00Z",
        "date" => "2026-12-01",
        "uri" => "https://example.com/docs",
        _ => Words.GetValueOrDefault(name, "text"),
    };
}
