using System.Collections.Frozen;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L6: keywords of the dialect only, each where it belongs.</summary>
internal static class KeywordRules
{
    private static readonly FrozenSet<string> OfBranch = ["properties", "required", "allOf", "if", "then", "else"];

    private static readonly FrozenSet<string> OfRoot = [.. OfBranch, "$schema", "$id", "type", "title", "description", "definitions"];

    private static readonly FrozenSet<string> OfValue =
    [
        "type", "enum", "not", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
    ];

    private static readonly FrozenSet<string> OfField =
    [
        .. OfValue, "title", "description", "default", "examples", "oneOf", "format", "items", "uniqueItems", "readOnly", "writeOnly",
    ];

    private static readonly FrozenSet<string> OfGroup = [.. OfField, .. OfBranch];

    private static readonly FrozenSet<string> OfCondition = ["required", "properties", "allOf", "anyOf", "not"];

    private static readonly FrozenSet<string> OfConditionValue = [.. OfValue, "const", "contains"];

    private static readonly FrozenSet<string> OfMenuEntry = ["const", "title", "description"];

    public static IEnumerable<FormProblem> Check(SchemaNode node)
    {
        if (node.Schema.ValueKind != JsonValueKind.Object)
        {
            return [Problem(node.Pointer, "A boolean schema is not part of the dialect: write what applies, or remove it.")];
        }

        if (node.Schema.Has("$ref"))
        {
            return node.Schema.EnumerateObject().Where(member => member.Name != "$ref")
                .Select(member => Problem(JsonPointer.Append(node.Pointer, member.Name), $"{member.Name} beside $ref is ignored: move it to the definition."));
        }

        var (allowed, place) = Allowed(node);
        return node.Schema.EnumerateObject()
            .Where(member => !allowed.Contains(member.Name) && !member.Name.StartsWith("x-", StringComparison.Ordinal))
            .Select(member => Problem(JsonPointer.Append(node.Pointer, member.Name), $"{member.Name} is not part of the dialect in {place}: remove it or say it otherwise."))
            .Concat(CheckMenu(node))
            .Concat(CheckThen(node));
    }

    private static (FrozenSet<string> Allowed, string Place) Allowed(SchemaNode node) => node.Role switch
    {
        SchemaRole.Root => (OfRoot, "the root"),
        SchemaRole.Branch => (OfBranch, "a branch"),
        SchemaRole.Condition => (OfCondition, "a condition"),
        SchemaRole.ConditionValue => (OfConditionValue, "the condition on a value"),
        _ when MayHaveMembers(node.Schema) => (OfGroup, "a field"),
        _ => (OfField, "a field"),
    };

    private static bool MayHaveMembers(JsonElement field) => field.Text("type") is "object" || !field.Has("type");

    private static IEnumerable<FormProblem> CheckMenu(SchemaNode node)
    {
        if (node.Role is not (SchemaRole.Field or SchemaRole.Item) || node.Schema.Member("oneOf") is not { } menu)
        {
            yield break;
        }

        var at = JsonPointer.Append(node.Pointer, "oneOf");
        foreach (var (index, entry) in node.Schema.Items("oneOf").Index())
        {
            if (!entry.Has("const") || entry.Text("title") is null || entry.EnumerateObject().Any(member => !OfMenuEntry.Contains(member.Name)))
            {
                yield return Problem(JsonPointer.Append(at, index), "An entry of a menu has a const, a title, perhaps a description, and nothing else.");
            }
        }

        if (menu.ValueKind != JsonValueKind.Array)
        {
            yield return Problem(at, "oneOf is a list of menu entries.");
        }
    }

    private static IEnumerable<FormProblem> CheckThen(SchemaNode node)
    {
        if (node.Role is SchemaRole.Condition or SchemaRole.ConditionValue)
        {
            yield break;
        }

        if ((node.Schema.Has("then") || node.Schema.Has("else")) && !node.Schema.Has("if"))
        {
            yield return Problem(node.Pointer, "then and else mean nothing without if: add the condition.");
        }

        if (node.Schema.Has("if") && !node.Schema.Has("then") && !node.Schema.Has("else"))
        {
            yield return Problem(JsonPointer.Append(node.Pointer, "if"), "if without then and else does nothing: add a then.");
        }
    }

    private static FormProblem Problem(string pointer, string message) => new("L6", pointer, message);
}
