using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L4, L5, L7: each field is declared once at a time, whole, and with one type.</summary>
internal static class DeclarationRules
{
    // A form that declares one field oftener has been told enough.
    private const int MaxCompared = 200;

    public static IEnumerable<FormProblem> Check(Scope scope) =>
    [
        .. scope.Sites.Values.SelectMany(sites => Pairs(sites).SelectMany(pair => CheckPair(pair.Earlier, pair.Later, scope))),
        .. scope.Entries.Values.SelectMany(entries => entries.SelectMany(entry => CheckEntry(entry, scope))),
    ];

    private static IEnumerable<(Site Earlier, Site Later)> Pairs(List<Site> sites) =>
        from later in Enumerable.Range(0, Math.Min(sites.Count, MaxCompared))
        from earlier in Enumerable.Range(0, later)
        select (sites[earlier], sites[later]);

    private static IEnumerable<FormProblem> CheckPair(Site earlier, Site later, Scope scope)
    {
        if (!Exclude(earlier.Path, later.Path, scope))
        {
            yield return new("L4", later.Pointer, $"{later.Field.Name} is also declared at {earlier.Pointer}, and both can apply: declare it once, or in branches that exclude each other.");
        }

        if (earlier.Field.Type != later.Field.Type)
        {
            yield return new("L5", later.Pointer, $"{later.Field.Name} is {earlier.Field.Type} at {earlier.Pointer} and {later.Field.Type} here: give it one type, or another name.");
        }
    }

    private static bool Exclude(GuardPath one, GuardPath other, Scope scope)
    {
        if (one.Guards.Any(guard => other.Guards.Any(opposite => ReferenceEquals(guard.If, opposite.If) && guard.Holds != opposite.Holds)))
        {
            return true;
        }

        var otherSets = ValueSet.Along(other);
        return ValueSet.Along(one).Any(set =>
            otherSets.TryGetValue(set.Key, out var opposite)
            && set.Value.Intersect(opposite).IsEmptyWithin(ReachRules.MenuOf(scope.AtLevel(set.Key.Level), set.Key.Name)));
    }

    private static IEnumerable<FormProblem> CheckEntry(Entry entry, Scope scope)
    {
        var (name, pointer, schema, field) = entry.Property;
        if (field is null)
        {
            var declared = scope.Sites.GetValueOrDefault(name, []).FirstOrDefault(site => site.Path.Encloses(entry.Path));
            return declared is null
                ? [new("L7", pointer, $"{name} is declared nowhere around this: give it a title and a type.")]
                : Misfits(declared.Field.Type, schema, pointer);
        }

        return CheckWhole(schema, pointer).Concat(Misfits(field.Type, schema, pointer));
    }

    private static IEnumerable<FormProblem> CheckWhole(JsonElement schema, string pointer)
    {
        if (schema.Text("title") is not { Length: > 0 })
        {
            yield return new("L7", pointer, "Give the field a title.");
        }

        if (FieldReader.TypeNamed(schema.Text("type")) is null)
        {
            yield return new("L7", pointer, "Give the field exactly one type: string, integer, number, boolean, array or object.");
        }

        if (schema.Text("type") is "array" && FieldReader.TypeNamed(schema.Member("items")?.Text("type")) is null && schema.Member("items")?.Has("$ref") != true)
        {
            yield return new("L7", pointer, "Say what the entries are: items with exactly one type.");
        }
    }

    private static IEnumerable<FormProblem> Misfits(FieldType type, JsonElement schema, string pointer) =>
        from member in schema.EnumerateObject()
        where TypesOf(member.Name) is { } types && !types.Contains(type)
        select new FormProblem("L5", JsonPointer.Append(pointer, member.Name), $"{member.Name} says nothing about a field of type {type}: remove it or correct the type.");

    private static FieldType[]? TypesOf(string keyword) => keyword switch
    {
        "pattern" or "format" or "minLength" or "maxLength" => [FieldType.String],
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => [FieldType.Integer, FieldType.Number],
        "items" or "minItems" or "maxItems" or "uniqueItems" => [FieldType.Array],
        _ => null,
    };
}
