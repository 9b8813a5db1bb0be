using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Tests.Web;

/// <summary>The API's description, and whether an answer is what it says.</summary>
internal sealed class ApiSchema(JsonElement document)
{
    public JsonElement Document { get; } = document;

    /// <summary>Every operation as <c>METHOD /path/{parameter}</c>.</summary>
    public IReadOnlyList<string> Operations =>
    [
        .. from path in Document.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           select $"{operation.Name.ToUpperInvariant()} {path.Name}",
    ];

    public JsonElement Operation(string method, string path)
    {
        var plain = path.Split('?')[0];
        foreach (var known in Document.GetProperty("paths").EnumerateObject().OrderBy(known => known.Name.Count(character => character == '{')))
        {
            if (Regex.IsMatch(plain, $"^{Regex.Replace(known.Name, @"\{[^}]+\}", "[^/]+")}$") && known.Value.TryGetProperty(method.ToLowerInvariant(), out var operation))
            {
                return operation;
            }
        }

        throw new InvalidOperationException($"The description has no operation {method} {plain}.");
    }

    /// <summary>What in an answer is not as described.</summary>
    public IReadOnlyList<string> Check(string method, string path, int status, string? mediaType, JsonElement? body)
    {
        if (!Operation(method, path).GetProperty("responses").TryGetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture), out var answer))
        {
            return [$"{method} {path} does not say that it answers {status}."];
        }

        if (!answer.TryGetProperty("content", out var content))
        {
            return body is null ? [] : ["There is a body where none is described."];
        }

        if (!content.TryGetProperty(mediaType ?? "", out var media))
        {
            return [$"It came as {mediaType}."];
        }

        List<string> flaws = [];
        if (body is { } value && media.TryGetProperty("schema", out var schema))
        {
            Check(value, schema, "", flaws);
        }

        return flaws;
    }

    public void Check(JsonElement value, JsonElement schema, string path, List<string> flaws)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            Check(value, Document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), path, flaws);
            return;
        }

        foreach (var kind in new[] { "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(kind, out var choices) && choices.EnumerateArray().All(choice => Flaws(value, choice, path).Count > 0))
            {
                flaws.Add($"{path} fits none of its choices: {string.Join("; ", choices.EnumerateArray().SelectMany(choice => Flaws(value, choice, path)))}");
            }
        }

        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            flaws.Add($"{path} is {value.GetRawText()}, and not one of {words.GetRawText()}.");
        }

        if (schema.TryGetProperty("type", out var type) && !TypesOf(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && TypesOf(type).Contains("number")))
        {
            flaws.Add($"{path} is {value.GetRawText()}, and not of type {type.GetRawText()}.");
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, schema, path, flaws);
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(item, items, $"{path}/{index}", flaws);
            }
        }
    }

    private List<string> Flaws(JsonElement value, JsonElement schema, string path)
    {
        List<string> flaws = [];
        Check(value, schema, path, flaws);
        return flaws;
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string path, List<string> flaws)
    {
        if (!schema.TryGetProperty("properties", out var members))
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (members.TryGetProperty(member.Name, out var known))
            {
                Check(member.Value, known, $"{path}/{member.Name}", flaws);
            }
            else
            {
                flaws.Add($"{path}/{member.Name} is not described.");
            }
        }

        flaws.AddRange((schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!) : [])
            .Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}/{name} is missing."));
    }

    private static IEnumerable<string?> TypesOf(JsonElement type) => type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()) : [type.GetString()];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => value.TryGetInt64(out _) ? "integer" : "number",
    };
}
