using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Random configurations of a form, always the same ones: from its menus, defaults and examples and the values that its conditions ask for.</summary>
/// <param name="within">Whether all values keep to the lengths and bounds of their fields.</param>
internal sealed class Configurations(Form form, bool within = false)
{
    private const int Seed = 20_260;

    private readonly Random _random = new(Seed);
    private readonly Dictionary<(Scope Scope, string Name), IReadOnlyList<JsonElement>> _candidates = [];

    /// <summary>Values for all fields, visible or not; settling drops what is not.</summary>
    public JsonElement Next() => JsonSerializer.SerializeToElement(Members(form.Scope));

    private JsonObject Members(Scope scope)
    {
        var members = new JsonObject();
        foreach (var (name, sites) in scope.Sites)
        {
            if (scope.Children.TryGetValue(name, out var child) && child.Sites.Count > 0)
            {
                members[name] = sites[0].Field.Type == FieldType.Array ? new JsonArray(Members(child)) : Members(child);
            }
            else if (_random.Next(6) > 0 && Candidates(scope, name) is { Count: > 0 } candidates)
            {
                members[name] = JsonNode.Parse(candidates[_random.Next(candidates.Count)].GetRawText());
            }
        }

        return members;
    }

    private IReadOnlyList<JsonElement> Candidates(Scope scope, string name) =>
        _candidates.TryGetValue((scope, name), out var known) ? known : _candidates[(scope, name)] = Find(scope, name);

    private List<JsonElement> Find(Scope scope, string name)
    {
        var sites = scope.Sites[name];
        var values = sites.SelectMany(site => OfField(site.Field)).ToList();
        var asked = AllScopes(scope).SelectMany(one => one.Tests).SelectMany(test => Asked(test.If, name));
        values.AddRange(asked.Where(value => sites.Any(site => JsonTypes.Matches(value, site.Field.Type.ToString().ToLowerInvariant()))));
        return [.. values.Where(value => !within || sites.Any(site => FieldBounds.Of(site.Field).Allow(value))).DistinctBy(value => value.GetRawText())];
    }

    private static IEnumerable<JsonElement> OfField(Field field)
    {
        var own = field.Choices is { } choices ? choices.Select(choice => choice.Value)
            : [.. field.Default is { } value ? [value] : Array.Empty<JsonElement>(), .. field.Schema.TryGetProperty("examples", out var examples) ? examples.EnumerateArray() : []];
        var generated = (field.Type, field.Choices) switch
        {
            (FieldType.Boolean, _) => ["true", "false"],
            (_, not null) => [],
            (FieldType.Integer, _) => ["0", "1", "7", "-3", "9007199254740993"],
            (FieldType.Number, _) => ["0", "2.5"],
            (FieldType.String, _) => ["\"some text\"", "\"𝔘nicode ü\"", "\"2026-03-29\""],
            (FieldType.Array, _) when field.Schema.TryGetProperty("items", out var items) => [OfItems(items)],
            _ => Array.Empty<string>(),
        };
        var bounds = field.Choices is null ? FieldBounds.Of(field).Edges : [];
        return own.Concat(generated.Select(text => JsonElement.Parse(text))).Concat(bounds);
    }

    private static string OfItems(JsonElement items)
    {
        var choices = items.TryGetProperty("enum", out var values) ? values.EnumerateArray()
            : items.TryGetProperty("oneOf", out var titled) ? titled.EnumerateArray().Where(choice => choice.TryGetProperty("const", out _)).Select(choice => choice.GetProperty("const"))
            : [];
        var first = choices.FirstOrDefault();
        var type = items.TryGetProperty("type", out var name) ? name.ToString() : "string";
        return first.ValueKind != JsonValueKind.Undefined ? $"[{first.GetRawText()}]" : type is "integer" or "number" ? "[1,2]" : "[\"one\",\"two\"]";
    }

    /// <summary>Values that decide a condition on a field: those it names, and numbers about its limits.</summary>
    private static IEnumerable<JsonElement> Asked(Condition condition, string name)
    {
        var own = condition.Properties.Where(property => property.Key == name).SelectMany(property => Values(property.Value));
        var parts = condition.AllOf.Concat(condition.AnyOf).Concat(condition.OneOf).Concat(condition.Not is { } not ? [not] : Array.Empty<Condition>());
        var deeper = condition.Properties.Select(property => property.Value).Concat(parts).SelectMany(part => Asked(part, name));
        return own.Concat(deeper);
    }

    private static IEnumerable<JsonElement> Values(Condition condition)
    {
        IEnumerable<JsonElement> named = [.. condition.Const is { } value ? [value] : Array.Empty<JsonElement>(), .. condition.Enum ?? []];
        var limits = new[] { condition.Bounds.Minimum, condition.Bounds.Maximum, condition.Bounds.ExclusiveMinimum, condition.Bounds.ExclusiveMaximum }
            .OfType<JsonElement>().Where(limit => limit.TryGetDecimal(out _)).Select(limit => limit.GetDecimal())
            .SelectMany(limit => new[] { limit - 1, limit, limit + 1 })
            .Select(number => JsonElement.Parse(number.ToString(CultureInfo.InvariantCulture)));
        var parts = condition.AllOf.Concat(condition.AnyOf).Concat(condition.OneOf).Concat(condition.Not is { } not ? [not] : Array.Empty<Condition>());
        return named.Concat(limits).Concat(parts.SelectMany(Values));
    }

    private static IEnumerable<Scope> AllScopes(Scope scope) => scope.Children.Values.SelectMany(AllScopes).Prepend(scope);
}

/// <summary>The branches of a form, and those that apply to some data.</summary>
internal static class BranchWalk
{
    /// <summary>The places of all branches that generated values decide; of a condition on the shape of free text, they would reach only one side.</summary>
    public static IEnumerable<string> All(Branch branch) =>
    [
        .. branch.AllOf.SelectMany(All),
        .. branch.If is { } condition && !IsOnShape(condition) ? new[] { branch.Then, branch.Else }.OfType<Branch>().SelectMany(part => All(part).Prepend(part.Pointer)) : [],
        .. branch.Properties.SelectMany(property => new[] { property.Members, property.Items }).OfType<Branch>().SelectMany(All),
    ];

    public static void Reach(Branch branch, JsonElement data, HashSet<string> reached)
    {
        reached.Add(branch.Pointer);
        foreach (var part in branch.AllOf)
        {
            Reach(part, data, reached);
        }

        if (branch.If is { } condition && (condition.Holds(data) ? branch.Then : branch.Else) is { } chosen)
        {
            Reach(chosen, data, reached);
        }

        foreach (var property in branch.Properties)
        {
            ReachNested(property, data.Member(property.Name), reached);
        }
    }

    private static void ReachNested(Property property, JsonElement? value, HashSet<string> reached)
    {
        if (property.Members is { } members && value is { ValueKind: JsonValueKind.Object } fieldset)
        {
            Reach(members, fieldset, reached);
        }

        if (property.Items is { } items && value is { ValueKind: JsonValueKind.Array } list)
        {
            foreach (var item in list.EnumerateArray())
            {
                Reach(items, item, reached);
            }
        }
    }

    private static bool IsOnShape(Condition condition) =>
        condition.Pattern is not null || !condition.Length.IsNone || !condition.Count.IsNone || condition.Contains is not null || condition.Items is not null
        || condition.Properties.Select(property => property.Value).Concat(condition.AllOf).Concat(condition.AnyOf).Concat(condition.OneOf)
            .Concat(condition.Not is { } not ? [not] : Array.Empty<Condition>()).Any(IsOnShape);
}

/// <summary>The controls that a page with these data posts.</summary>
internal static class PostedForm
{
    public static IEnumerable<KeyValuePair<string, string>> Of(Settled settled) =>
        settled.Visible.SelectMany(pointer => Controls(pointer, settled.Fields[pointer], JsonPointer.Find(settled.Data, pointer)));

    private static IEnumerable<KeyValuePair<string, string>> Controls(string pointer, Field field, JsonElement? value) => value switch
    {
        null => field.Type == FieldType.Object || IsCheckbox(field) ? [] : [new(pointer, "")],
        { ValueKind: JsonValueKind.Object } => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.Object).Select(item => KeyValuePair.Create(pointer, item.ToString())).Prepend(new(pointer, "")),
        { ValueKind: JsonValueKind.True } => [new(pointer, ""), new(pointer, "true")],
        { ValueKind: JsonValueKind.False } => IsCheckbox(field) ? [new(pointer, "")] : [new(pointer, "false")],
        { } scalar => [new(pointer, scalar.ToString())],
    };

    // An empty checkbox is false, never absent; a page that shows it has decided.
    private static bool IsCheckbox(Field field) => field.Type == FieldType.Boolean && field.Schema.Text("x-widget") is not ("select" or "radio");
}
