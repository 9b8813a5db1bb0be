using System.Collections.Frozen;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L9: known annotations, each well-formed and in its place. Options and secrets have rules of their own.</summary>
internal static class AnnotationRules
{
    private static readonly FrozenSet<string> Widgets =
    [
        "text", "textarea", "select", "radio", "checkbox", "checkboxes", "password", "hidden", "date", "datetime", "number", "combobox", "tags", "code",
    ];

    private static readonly FrozenSet<string> Keywords =
    [
        "required", "type", "enum", "const", "not", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minItems", "maxItems", "uniqueItems",
    ];

    private static readonly FrozenDictionary<string, Annotation> Known = new Dictionary<string, Annotation>
    {
        ["x-dialect"] = new(IsRoot, _ => true, ""),
        ["x-pane"] = new(IsRoot, _ => true, ""),
        ["x-groups"] = new(IsRoot, AreGroups, "a list of {id, title, description?, collapsed?} with different ids"),
        ["x-oauth2"] = new(role => role is SchemaRole.Root or SchemaRole.Branch, IsOAuth2, "{authorizationUrl, tokenUrl, refreshUrl?, scopes, pkce, clientAuth, extraAuthorizationParams?, buttonLabel} with https addresses"),
        ["x-order"] = new(IsField, value => JsonTypes.Matches(value, "integer"), "a whole number"),
        ["x-group"] = new(IsField, IsText, "the id of one of the root's x-groups"),
        ["x-widget"] = new(IsField, value => IsText(value) && Widgets.Contains(value.GetString()!), $"one of {string.Join(", ", Widgets.Order())}"),
        ["x-secret"] = new(IsField, IsFlag, "true or false"),
        ["x-placeholder"] = new(IsField, IsText, "a text"),
        ["x-unit"] = new(IsField, IsText, "a text"),
        ["x-advanced"] = new(IsField, IsFlag, "true or false"),
        ["x-help"] = new(IsField, IsText, "a text (Markdown)"),
        ["x-docs"] = new(IsField, IsHttps, "an https address"),
        ["x-messages"] = new(role => IsField(role) || role == SchemaRole.Item, AreMessages, "texts by keyword, such as {\"required\": \"…\"}"),
        ["x-options"] = new(IsField, _ => true, ""),
    }.ToFrozenDictionary();

    public static IEnumerable<FormProblem> Check(SchemaNode node, JsonElement root)
    {
        if (node.Schema.ValueKind != JsonValueKind.Object || node.Schema.Has("$ref"))
        {
            yield break;
        }

        foreach (var member in node.Schema.EnumerateObject().Where(member => member.Name.StartsWith("x-", StringComparison.Ordinal)))
        {
            var at = JsonPointer.Append(node.Pointer, member.Name);
            if (!Known.TryGetValue(member.Name, out var annotation))
            {
                yield return new("L9", at, $"{member.Name} is no annotation of the dialect: correct its name or remove it.");
            }
            else if (!annotation.MayStandIn(node.Role))
            {
                yield return new("L9", at, $"{member.Name} does not belong here: move or remove it.");
            }
            else if (!annotation.IsWellFormed(member.Value))
            {
                yield return new("L9", at, $"{member.Name} must be {annotation.Shape}.");
            }
            else if (member.Name == "x-group" && !root.Items("x-groups").Any(group => group.Text("id") == member.Value.GetString()))
            {
                yield return new("L9", at, $"There is no group \"{member.Value}\": add it to the root's x-groups or correct the id.");
            }
        }
    }

    private static bool IsRoot(SchemaRole role) => role == SchemaRole.Root;

    private static bool IsField(SchemaRole role) => role == SchemaRole.Field;

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static bool IsFlag(JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False;

    private static bool IsHttps(JsonElement value) =>
        IsText(value) && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps;

    private static bool AreMessages(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(message => Keywords.Contains(message.Name) && IsText(message.Value));

    private static bool AreGroups(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
        && value.EnumerateArray().All(IsGroup)
        && value.EnumerateArray().DistinctBy(group => group.Text("id")).Count() == value.GetArrayLength();

    private static bool IsGroup(JsonElement group) =>
        group.Text("id") is { Length: > 0 }
        && group.Text("title") is { Length: > 0 }
        && group.EnumerateObject().All(member => member.Name switch
        {
            "id" or "title" or "description" => IsText(member.Value),
            "collapsed" => IsFlag(member.Value),
            _ => false,
        });

    private static bool IsOAuth2(JsonElement value) =>
        value.Has("authorizationUrl") && value.Has("tokenUrl") && value.Has("scopes")
        && value.EnumerateObject().All(member => member.Name switch
        {
            "authorizationUrl" or "tokenUrl" or "refreshUrl" => IsHttps(member.Value),
            "scopes" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(IsText),
            "pkce" => IsFlag(member.Value) || IsText(member.Value),
            "clientAuth" or "buttonLabel" => IsText(member.Value),
            "extraAuthorizationParams" => member.Value.ValueKind == JsonValueKind.Object && member.Value.EnumerateObject().All(parameter => IsText(parameter.Value)),
            _ => false,
        });

    private sealed record Annotation(Func<SchemaRole, bool> MayStandIn, Func<JsonElement, bool> IsWellFormed, string Shape);
}
