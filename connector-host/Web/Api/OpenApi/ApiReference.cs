using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConnectorPlatform.Host.Web.Api.OpenApi;

/// <summary>The description as the readable page shows it.</summary>
internal sealed record ApiReference
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public required string About { get; init; }

    public required IReadOnlyList<ReferenceGroup> Groups { get; init; }

    public required IReadOnlyList<ReferenceSchema> Schemas { get; init; }

    public static ApiReference Of(string description)
    {
        var document = JsonNode.Parse(description)!;
        var operations =
            from path in document["paths"]!.AsObject()
            from method in Methods
            let operation = path.Value![method]
            where operation is not null
            select Operation(method.ToUpperInvariant(), path.Key, operation);
        return new ApiReference
        {
            About = Text(document["info"]?["description"]),
            Groups = [.. operations.GroupBy(operation => operation.Group).Select(group => new ReferenceGroup(group.Key, $"group-{Anchor(group.Key)}", [.. group]))],
            Schemas = [.. (document["components"]?["schemas"] as JsonObject ?? []).Select(schema => Schema(schema.Key, schema.Value!))],
        };
    }

    private static ReferenceOperation Operation(string method, string path, JsonNode operation) => new()
    {
        Group = Text(operation["tags"]?[0]),
        Id = Text(operation["operationId"]),
        Method = method,
        Path = path,
        Summary = Text(operation["summary"]),
        Description = Text(operation["description"]),
        Parameters =
        [
            .. (operation["parameters"] as JsonArray ?? []).Select(parameter => new ReferenceMember(
                Text(parameter!["name"]), TypeOf(parameter["schema"]), "", parameter["required"]?.GetValue<bool>() == true, Text(parameter["description"])) { Place = Text(parameter["in"]) }),
        ],
        Body = operation["requestBody"] is { } body ? Answer("", body) : null,
        Answers = [.. operation["responses"]!.AsObject().Select(answer => Answer(answer.Key, answer.Value!))],
    };

    private static ReferenceAnswer Answer(string status, JsonNode answer)
    {
        var content = (answer["content"] as JsonObject)?.FirstOrDefault() ?? default;
        return new ReferenceAnswer
        {
            Status = status,
            Description = Text(answer["description"]),
            MediaType = content.Key ?? "",
            Type = TypeOf(content.Value?["schema"]),
            Link = LinkOf(content.Value?["schema"]),
            Example = content.Value?["example"] is { } example && !status.StartsWith('4') && !status.StartsWith('5') ? example.ToJsonString(Readable) : "",
        };
    }

    private static ReferenceSchema Schema(string name, JsonNode schema)
    {
        var required = (schema["required"] as JsonArray ?? []).Select(Text).ToHashSet();
        return new ReferenceSchema
        {
            Name = name,
            Anchor = $"schema-{Anchor(name)}",
            Words = string.Join(", ", (schema["enum"] as JsonArray ?? []).Select(Text)),
            Members =
            [
                .. (schema["properties"] as JsonObject ?? []).Select(member => new ReferenceMember(
                    member.Key, TypeOf(member.Value), LinkOf(member.Value), required.Contains(member.Key), Text(member.Value!["description"]))),
            ],
        };
    }

    /// <summary>The type in a few words, such as <c>text or null</c> or <c>list of RunView</c>.</summary>
    private static string TypeOf(JsonNode? schema)
    {
        if (schema is null)
        {
            return "";
        }

        if (NameOf(schema) is { } name)
        {
            return name;
        }

        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
        {
            return string.Join(" or ", choices.Select(TypeOf));
        }

        return schema["type"] switch
        {
            JsonArray types => string.Join(" or ", types.Select(type => Word(Text(type), schema))),
            JsonValue type => Word(Text(type), schema),
            _ => "any value",
        };
    }

    private static string Word(string type, JsonNode schema) => type switch
    {
        "array" => $"list of {TypeOf(schema["items"])}",
        "string" when schema["format"] is { } format => Text(format),
        "string" => "text",
        _ => type,
    };

    private static string LinkOf(JsonNode? schema)
    {
        var named = schema is null ? null
            : NameOf(schema) ?? ((schema["oneOf"] ?? schema["anyOf"]) as JsonArray)?.Select(choice => NameOf(choice!)).FirstOrDefault(name => name is not null)
                ?? (schema["items"] is { } items ? NameOf(items) : null);
        return named is null ? "" : $"#schema-{Anchor(named)}";
    }

    private static string? NameOf(JsonNode schema) => (schema["$ref"] as JsonValue)?.GetValue<string>().Split('/')[^1];

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "";

    private static string Anchor(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}

/// <summary>Operations that belong together.</summary>
internal sealed record ReferenceGroup(string Name, string Anchor, IReadOnlyList<ReferenceOperation> Operations);

/// <summary>One operation.</summary>
internal sealed record ReferenceOperation
{
    public required string Group { get; init; }

    public required string Id { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string Summary { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<ReferenceMember> Parameters { get; init; }

    public required ReferenceAnswer? Body { get; init; }

    public required IReadOnlyList<ReferenceAnswer> Answers { get; init; }
}

/// <summary>A parameter or a member of a schema.</summary>
internal sealed record ReferenceMember(string Name, string Type, string Link, bool IsRequired, string Description)
{
    /// <summary>Path, query or header; empty for a member.</summary>
    public string Place { get; init; } = "";
}

/// <summary>A body that is sent or answered.</summary>
internal sealed record ReferenceAnswer
{
    public required string Status { get; init; }

    public required string Description { get; init; }

    public required string MediaType { get; init; }

    public required string Type { get; init; }

    public required string Link { get; init; }

    /// <summary>Empty when there is none.</summary>
    public required string Example { get; init; }
}

/// <summary>A schema with its members, or the words of an enumeration.</summary>
internal sealed record ReferenceSchema
{
    public required string Name { get; init; }

    public required string Anchor { get; init; }

    public required string Words { get; init; }

    public required IReadOnlyList<ReferenceMember> Members { get; init; }
}
