using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>Reads a schema into branches and fields. Every <c>$ref</c> is followed, so what comes out is a finite tree.</summary>
internal sealed class FormReader(JsonElement root)
{
    // Far above any real form; below what a chain of references can blow a small file up to.
    private const int MaxNodes = 50_000;
    private const int MaxDepth = 64;

    private readonly Stack<string> _references = new();
    private int _nodes;
    private int _depth;

    /// <exception cref="FormSchemaException"/>
    public Branch Read() => ReadBranch(root, "");

    private Branch ReadBranch(JsonElement schema, string pointer) => Follow(schema, pointer, (target, at) =>
    {
        if (target.ValueKind is JsonValueKind.True or JsonValueKind.False && at.Length > 0)
        {
            return new Branch { Pointer = at };
        }

        Expect(target, JsonValueKind.Object, at, "a schema is a JSON object");
        return new Branch
        {
            Pointer = at,
            Properties = ReadProperties(target, at),
            Required = ReadNames(target, "required", at),
            AllOf = ReadList(target, "allOf", at, ReadBranch),
            If = ReadPart(target, "if", at, ReadCondition),
            Then = target.Has("if") ? ReadPart(target, "then", at, ReadBranch) : null,
            Else = target.Has("if") ? ReadPart(target, "else", at, ReadBranch) : null,
            OAuth2 = target.Member("x-oauth2"),
        };
    });

    private List<Property> ReadProperties(JsonElement schema, string pointer)
    {
        var at = JsonPointer.Append(pointer, "properties");
        return schema.Member("properties") is not { } properties ? [] :
        [
            .. Expect(properties, JsonValueKind.Object, at, "properties is an object of fields").EnumerateObject()
                .Select(property => ReadProperty(property, JsonPointer.Append(at, property.Name))),
        ];
    }

    private Property ReadProperty(JsonProperty property, string pointer) => Follow(property.Value, pointer, (target, at) =>
    {
        if (target.ValueKind != JsonValueKind.Object)
        {
            return new Property(property.Name, pointer, target, null);
        }

        var field = FieldReader.Read(property.Name, target);
        return new Property(property.Name, pointer, target, field)
        {
            Members = field is { Type: FieldType.Object } || (field is null && SpeaksOfMembers(target)) ? ReadBranch(target, at) : null,
            Items = field is null or { Type: FieldType.Array } ? ReadItems(target, at) : null,
        };
    });

    private Branch? ReadItems(JsonElement field, string pointer)
    {
        if (field.Member("items") is not { ValueKind: JsonValueKind.Object } items)
        {
            return null;
        }

        return Follow(items, JsonPointer.Append(pointer, "items"), (target, at) => SpeaksOfMembers(target) ? ReadBranch(target, at) : null);
    }

    private static bool SpeaksOfMembers(JsonElement schema) =>
        schema.Has("properties") || schema.Has("required") || schema.Has("allOf") || schema.Has("if");

    private Condition ReadCondition(JsonElement schema, string pointer) => Follow(schema, pointer, (target, at) =>
    {
        if (target.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return new Condition { Pointer = at, Constant = target.GetBoolean() };
        }

        Expect(target, JsonValueKind.Object, at, "a condition is a JSON object");
        return new Condition
        {
            Pointer = at,
            Types = target.Text("type") is { } type ? [type] : target.Texts("type"),
            Const = target.Member("const"),
            Enum = target.Member("enum") is { ValueKind: JsonValueKind.Array } choices ? [.. choices.EnumerateArray()] : null,
            Not = ReadPart(target, "not", at, ReadCondition),
            AllOf = ReadList(target, "allOf", at, ReadCondition),
            AnyOf = ReadList(target, "anyOf", at, ReadCondition),
            OneOf = ReadList(target, "oneOf", at, ReadCondition),
            Required = ReadNames(target, "required", at),
            Properties = ReadTests(target, at),
            Bounds = new(Number(target, "minimum", at), Number(target, "exclusiveMinimum", at), Number(target, "maximum", at), Number(target, "exclusiveMaximum", at)),
            Length = new(Size(target, "minLength", at), Size(target, "maxLength", at)),
            Count = new(Size(target, "minItems", at), Size(target, "maxItems", at)),
            UniqueItems = target.IsTrue("uniqueItems"),
            Contains = ReadPart(target, "contains", at, ReadCondition),
            Items = target.Member("items") is { ValueKind: JsonValueKind.Object } ? ReadPart(target, "items", at, ReadCondition) : null,
            Pattern = ReadPattern(target, at),
        };
    });

    /// <summary>The field's own schema as a test, for defaults and menu values.</summary>
    public Condition ReadTest(JsonElement field, string pointer) => ReadCondition(field, pointer);

    private List<KeyValuePair<string, Condition>> ReadTests(JsonElement schema, string pointer)
    {
        var at = JsonPointer.Append(pointer, "properties");
        return schema.Member("properties") is not { } properties ? [] :
        [
            .. Expect(properties, JsonValueKind.Object, at, "properties is an object of conditions").EnumerateObject()
                .Select(property => KeyValuePair.Create(property.Name, ReadCondition(property.Value, JsonPointer.Append(at, property.Name)))),
        ];
    }

    private static Pattern? ReadPattern(JsonElement schema, string pointer)
    {
        var at = JsonPointer.Append(pointer, "pattern");
        if (schema.Member("pattern") is not { } pattern)
        {
            return null;
        }

        try
        {
            return new Pattern(Expect(pattern, JsonValueKind.String, at, "a pattern is a text").GetString()!);
        }
        catch (ArgumentException exception)
        {
            throw new FormSchemaException(at, $"The pattern is no regular expression: {exception.Message}", exception);
        }
    }

    private static JsonElement? Number(JsonElement schema, string keyword, string pointer) =>
        schema.Member(keyword) is { } value
            ? Expect(value, JsonValueKind.Number, JsonPointer.Append(pointer, keyword), $"{keyword} is a number")
            : null;

    private static int? Size(JsonElement schema, string keyword, string pointer)
    {
        if (Number(schema, keyword, pointer) is not { } value)
        {
            return null;
        }

        return value.TryGetInt32(out var size) && size >= 0
            ? size
            : throw new FormSchemaException(JsonPointer.Append(pointer, keyword), $"{keyword} must be a whole number from 0 to {int.MaxValue}.");
    }

    private static List<string> ReadNames(JsonElement schema, string keyword, string pointer)
    {
        var at = JsonPointer.Append(pointer, keyword);
        return schema.Member(keyword) is not { } names ? [] :
        [
            .. Expect(names, JsonValueKind.Array, at, $"{keyword} is a list of names").EnumerateArray().Index()
                .Select(name => Expect(name.Item, JsonValueKind.String, JsonPointer.Append(at, name.Index), "a name is a text").GetString()!),
        ];
    }

    private static List<T> ReadList<T>(JsonElement schema, string keyword, string pointer, Func<JsonElement, string, T> read)
    {
        var at = JsonPointer.Append(pointer, keyword);
        return schema.Member(keyword) is not { } list ? [] :
            [.. Expect(list, JsonValueKind.Array, at, $"{keyword} is a list of schemas").EnumerateArray().Index().Select(item => read(item.Item, JsonPointer.Append(at, item.Index)))];
    }

    private static T? ReadPart<T>(JsonElement schema, string keyword, string pointer, Func<JsonElement, string, T> read)
        where T : class =>
        schema.Member(keyword) is { } part ? read(part, JsonPointer.Append(pointer, keyword)) : null;

    private static JsonElement Expect(JsonElement value, JsonValueKind kind, string pointer, string rule) =>
        value.ValueKind == kind ? value : throw new FormSchemaException(pointer, $"Found {value.ValueKind} here, but {rule}.");

    private T Follow<T>(JsonElement schema, string pointer, Func<JsonElement, string, T> read)
    {
        if (++_nodes > MaxNodes || ++_depth > MaxDepth)
        {
            throw new FormSchemaException(pointer, $"The form is too large or too deep (more than {MaxNodes} parts with every $ref followed, or {MaxDepth} levels): simplify it.");
        }

        var (target, at) = (schema, pointer);
        var followed = 0;
        while (target.Text("$ref") is { } reference)
        {
            target = Resolve(reference, at);
            at = reference[1..];
            _references.Push(at);
            followed++;
        }

        var result = read(target, at);
        for (; followed > 0; followed--)
        {
            _references.Pop();
        }

        _depth--;
        return result;
    }

    private JsonElement Resolve(string reference, string pointer)
    {
        var at = JsonPointer.Append(pointer, "$ref");
        if (!reference.StartsWith('#'))
        {
            throw new FormSchemaException(at, $"The reference {reference} leaves the form: copy its target into definitions.");
        }

        if (_references.Contains(reference[1..]) || reference == "#")
        {
            throw new FormSchemaException(at, $"The reference {reference} leads back to itself: a form is finite.");
        }

        return JsonPointer.Find(root, reference[1..])
            ?? throw new FormSchemaException(at, $"The reference {reference} points at nothing: define it or correct it.");
    }
}
