using System.Buffers;
using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>Settles data: repeats one pass over form and data until nothing changes.</summary>
internal static class Settler
{
    // A form settles in two or three passes and one more to notice. Values hidden in an early pass come back when a default shows their field;
    // a form that has not settled after the first number drops them for good, which ends all but contradictory forms.
    private const int PassesWithMemory = 8;
    private const int MaxPasses = 32;

    public static Settled Settle(Form form, JsonElement data, IReadOnlySet<string>? previouslyVisible)
    {
        var given = data.ValueKind == JsonValueKind.Undefined ? JsonElementReading.EmptyObject : data;
        var isObject = given.ValueKind == JsonValueKind.Object;
        var original = isObject ? given : JsonElementReading.EmptyObject;
        IReadOnlyList<string> unknown = [];
        var current = original;
        byte[] before = [];
        for (var number = 1; ; number++)
        {
            var source = number <= PassesWithMemory ? original : current;
            var pass = new SettlePass(previouslyVisible);
            var after = pass.Run(form, source, current);
            unknown = number <= PassesWithMemory ? pass.Unknown : unknown;
            var isAtRest = after.AsSpan().SequenceEqual(before);
            if (isAtRest || number == MaxPasses)
            {
                return pass.Result(isObject ? current : given, unknown, isAtRest);
            }

            (before, current) = (after, JsonElement.Parse(after));
        }
    }
}

/// <summary>One pass: which fields the current data shows, and the data that they then hold.</summary>
internal sealed class SettlePass(IReadOnlySet<string>? previouslyVisible)
{
    private readonly List<string> _visible = [];
    private readonly List<string> _required = [];
    private readonly List<string> _controllers = [];
    private readonly List<string> _unknown = [];
    private readonly OrderedDictionary<string, string> _hidden = [];
    private readonly Dictionary<string, Field> _fields = [];
    private readonly Dictionary<string, IReadOnlyList<JsonElement>> _constraints = [];

    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>Keeps <paramref name="source"/>'s values of the fields that <paramref name="current"/> shows.</summary>
    /// <returns>The next data, as UTF-8.</returns>
    public byte[] Run(Form form, JsonElement source, JsonElement current)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteObject(writer, form.Scope, [form.Root], new Instance("", source, current));
        }

        return buffer.WrittenSpan.ToArray();
    }

    public Settled Result(JsonElement data, IReadOnlyList<string> unknown, bool isAtRest) => new()
    {
        Data = data,
        Visible = _visible,
        Required = _required,
        Controllers = _controllers,
        Hidden = _hidden,
        Unknown = unknown,
        Fields = _fields,
        Constraints = _constraints,
        IsAtRest = isAtRest,
    };

    private void WriteObject(Utf8JsonWriter writer, Scope scope, IEnumerable<Branch> branches, Instance instance)
    {
        var shown = new Dictionary<string, Shown>();
        foreach (var branch in branches)
        {
            Apply(branch, instance.Current, shown);
        }

        _controllers.AddRange(scope.Controllers.Select(name => JsonPointer.Append(instance.Pointer, name)));
        if (instance.Source.ValueKind == JsonValueKind.Object)
        {
            _unknown.AddRange(instance.Source.EnumerateObject().Select(member => member.Name).Where(name => !scope.Sites.ContainsKey(name)).Distinct().Select(name => JsonPointer.Append(instance.Pointer, name)));
        }

        writer.WriteStartObject();
        foreach (var field in shown.Values.Where(field => field.Field is not null).OrderBy(field => field.Field!.Order ?? int.MaxValue))
        {
            WriteField(writer, scope, field, instance);
        }

        writer.WriteEndObject();
        foreach (var name in scope.Sites.Keys.Where(name => !(shown.TryGetValue(name, out var field) && field.Field is not null)))
        {
            Hide(scope, name, instance.Pointer, scope.ReasonFor(name));
        }
    }

    private static void Apply(Branch branch, JsonElement data, Dictionary<string, Shown> shown)
    {
        foreach (var property in branch.Properties)
        {
            var entry = Entry(shown, property.Name);
            entry.Field ??= property.Field;
            entry.Properties.Add(property);
        }

        foreach (var name in branch.Required)
        {
            Entry(shown, name).IsRequired = true;
        }

        foreach (var member in branch.AllOf)
        {
            Apply(member, data, shown);
        }

        if (branch.If is { } condition && (condition.Holds(data) ? branch.Then : branch.Else) is { } chosen)
        {
            Apply(chosen, data, shown);
        }
    }

    private static Shown Entry(Dictionary<string, Shown> shown, string name)
    {
        if (!shown.TryGetValue(name, out var entry))
        {
            shown[name] = entry = new Shown();
        }

        return entry;
    }

    private void WriteField(Utf8JsonWriter writer, Scope scope, Shown shown, Instance parent)
    {
        var field = shown.Field!;
        var pointer = JsonPointer.Append(parent.Pointer, field.Name);
        _visible.Add(pointer);
        _fields[pointer] = field;
        _constraints[pointer] = [.. shown.Properties.Select(property => property.Schema)];
        if (shown.IsRequired)
        {
            _required.Add(pointer);
        }

        if ((parent.Source.Member(field.Name) ?? Initial(field, pointer)) is not { } value)
        {
            return;
        }

        writer.WritePropertyName(field.Name);
        var child = scope.Children.GetValueOrDefault(field.Name);
        var instance = new Instance(pointer, value, parent.Current.Member(field.Name) ?? value);
        switch (field.Type)
        {
            case FieldType.Object when child is { Sites.Count: > 0 }:
                WriteFieldset(writer, child, shown, instance);
                break;
            case FieldType.Array when child is { Sites.Count: > 0 } && value.ValueKind == JsonValueKind.Array:
                WriteItems(writer, child, shown, instance);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private JsonElement? Initial(Field field, string pointer)
    {
        var usual = previouslyVisible?.Contains(pointer) == true ? null : field.Default;
        return usual ?? (field.Type == FieldType.Object ? JsonElementReading.EmptyObject : null);
    }

    private void WriteFieldset(Utf8JsonWriter writer, Scope scope, Shown shown, Instance instance)
    {
        var branches = shown.Properties.Select(property => property.Members).OfType<Branch>();
        if (instance.Source.ValueKind == JsonValueKind.Object)
        {
            WriteObject(writer, scope, branches, instance);
            return;
        }

        // Not a group's value: kept for validation to refuse, while the fields show as for an empty group.
        instance.Source.WriteTo(writer);
        using var discarded = new Utf8JsonWriter(Stream.Null);
        WriteObject(discarded, scope, branches, new Instance(instance.Pointer, JsonElementReading.EmptyObject, JsonElementReading.EmptyObject));
    }

    private void WriteItems(Utf8JsonWriter writer, Scope scope, Shown shown, Instance list)
    {
        List<Branch> branches = [.. shown.Properties.Select(property => property.Items).OfType<Branch>()];
        writer.WriteStartArray();
        foreach (var (index, item) in list.Source.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                item.WriteTo(writer);
                continue;
            }

            var current = list.Current.ValueKind == JsonValueKind.Array && index < list.Current.GetArrayLength() ? list.Current[index] : item;
            WriteObject(writer, scope, branches, new Instance(JsonPointer.Append(list.Pointer, index), item, current));
        }

        writer.WriteEndArray();
    }

    private void Hide(Scope scope, string name, string parent, string reason)
    {
        var pointer = JsonPointer.Append(parent, name);
        _hidden[pointer] = reason;
        if (scope.FieldNamed(name)?.Type == FieldType.Object && scope.Children.TryGetValue(name, out var members))
        {
            foreach (var member in members.Sites.Keys)
            {
                Hide(members, member, pointer, reason);
            }
        }
    }

    /// <summary>An object of the data: the values to keep, and the data that conditions look at.</summary>
    private readonly record struct Instance(string Pointer, JsonElement Source, JsonElement Current);

    /// <summary>What the branches that apply say about one name.</summary>
    private sealed class Shown
    {
        public Field? Field { get; set; }

        public bool IsRequired { get; set; }

        public List<Property> Properties { get; } = [];
    }
}
