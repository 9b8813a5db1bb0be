using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>What a subschema is for, which decides the keywords that may stand in it.</summary>
internal enum SchemaRole
{
    Root,
    Branch,
    Field,
    Item,
    Condition,
    ConditionValue,
}

/// <summary>A subschema where it stands; a <c>$ref</c> has been followed.</summary>
internal sealed record SchemaNode(SchemaRole Role, JsonElement Schema, string Pointer)
{
    /// <summary>All subschemas of a form that can be read; definitions where they are used.</summary>
    public static IEnumerable<SchemaNode> Walk(JsonElement root) => Walk(root, SchemaRole.Root, root, "");

    private static IEnumerable<SchemaNode> Walk(JsonElement root, SchemaRole role, JsonElement schema, string pointer)
    {
        if (schema.Text("$ref") is { } reference)
        {
            // The siblings of a $ref mean nothing, so the node that holds it is reported too.
            return Walk(root, role, JsonPointer.Find(root, reference[1..])!.Value, reference[1..]).Prepend(new(role, schema, pointer));
        }

        return Children(role, schema, pointer).SelectMany(child => Walk(root, child.Role, child.Schema, child.Pointer)).Prepend(new(role, schema, pointer));
    }

    private static IEnumerable<SchemaNode> Children(SchemaRole role, JsonElement schema, string pointer)
    {
        var isCondition = role is SchemaRole.Condition or SchemaRole.ConditionValue;
        var member = isCondition ? SchemaRole.ConditionValue : SchemaRole.Field;
        var part = isCondition ? role : SchemaRole.Branch;
        return
        [
            .. Named(schema, "properties", member, pointer),
            .. Listed(schema, "allOf", part, pointer),
            .. isCondition ? Listed(schema, "anyOf", role, pointer) : [],
            .. Part(schema, "not", isCondition ? role : SchemaRole.ConditionValue, pointer),
            .. Part(schema, "contains", SchemaRole.ConditionValue, pointer),
            .. isCondition ? [] : Part(schema, "if", SchemaRole.Condition, pointer),
            .. isCondition ? [] : Part(schema, "then", SchemaRole.Branch, pointer),
            .. isCondition ? [] : Part(schema, "else", SchemaRole.Branch, pointer),
            .. role == SchemaRole.Field ? Part(schema, "items", SchemaRole.Item, pointer) : [],
        ];
    }

    private static IEnumerable<SchemaNode> Named(JsonElement schema, string keyword, SchemaRole role, string pointer) =>
        schema.Member(keyword) is { ValueKind: JsonValueKind.Object } named
            ? named.EnumerateObject().Select(entry => new SchemaNode(role, entry.Value, JsonPointer.Append(JsonPointer.Append(pointer, keyword), entry.Name)))
            : [];

    private static IEnumerable<SchemaNode> Listed(JsonElement schema, string keyword, SchemaRole role, string pointer) =>
        schema.Items(keyword).Index().Select(entry => new SchemaNode(role, entry.Item, JsonPointer.Append(JsonPointer.Append(pointer, keyword), entry.Index)));

    private static IEnumerable<SchemaNode> Part(JsonElement schema, string keyword, SchemaRole role, string pointer) =>
        schema.Member(keyword) is { } part ? [new SchemaNode(role, part, JsonPointer.Append(pointer, keyword))] : [];
}
