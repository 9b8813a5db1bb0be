using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L8, L12: values in the form are values that the form accepts, and none starts a chain that the user did not choose.</summary>
internal static class ValueRules
{
    public static IEnumerable<FormProblem> Check(Scope scope, JsonElement root) =>
        scope.Sites.Values.SelectMany(sites => sites)
            .SelectMany(site => CheckValues(site, root).Concat(CheckItems(site)).Concat(CheckSilence(site, scope)));

    private static IEnumerable<FormProblem> CheckValues(Site site, JsonElement root)
    {
        var (field, pointer) = (site.Field, site.Pointer);
        if (field.Default is { } usual && !Accepts(field.Schema, usual, root))
        {
            yield return new("L8", JsonPointer.Append(pointer, "default"), $"The default is not a valid {field.Title}: correct it.");
        }

        if (field.Choices is { } choices)
        {
            foreach (var problem in CheckMenu(choices, field.Type, pointer))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<FormProblem> CheckItems(Site site)
    {
        if (site.Field.Schema.Member("items") is not { } items
            || FieldReader.Read("items", items) is not { Choices: { } choices } item)
        {
            return [];
        }

        return CheckMenu(choices, item.Type, JsonPointer.Append(site.Pointer, "items"));
    }

    private static IEnumerable<FormProblem> CheckMenu(IReadOnlyList<Choice> choices, FieldType type, string pointer)
    {
        if (choices.Count == 0)
        {
            yield return new("L8", pointer, "The menu is empty: give it entries, or remove it.");
        }

        var seen = new HashSet<string>();
        foreach (var choice in choices)
        {
            if (!JsonTypes.Matches(choice.Value, type.ToString().ToLowerInvariant()))
            {
                yield return new("L8", pointer, $"The menu's value {choice.Value.GetRawText()} is not of type {type}: correct it.");
            }

            if (!seen.Add(choice.Value.GetRawText()))
            {
                yield return new("L8", pointer, $"The menu has the value {choice.Value.GetRawText()} twice: remove one.");
            }
        }
    }

    private static bool Accepts(JsonElement schema, JsonElement value, JsonElement root)
    {
        try
        {
            return new FormReader(root).ReadTest(schema, "").Holds(value);
        }
        catch (FormSchemaException)
        {
            // The keyword that cannot be read has its own problem.
            return true;
        }
    }

    private static IEnumerable<FormProblem> CheckSilence(Site site, Scope scope) =>
        from test in site.Path.Guards.Count > 0 && site.Field.Default is not null ? scope.Tests : []
        where site.Path.Encloses(test.Path)
            && test.Owner is { Then: { } then } && Declares(then)
            && MemberTests(test.If, site.Field.Name) is { Count: > 0 } asked && asked.All(condition => condition.Holds(site.Field.Default!.Value))
        select new FormProblem(
            "L12",
            JsonPointer.Append(site.Pointer, "default"),
            $"This default makes the condition at {test.If.Pointer} hold before the user has chosen anything: remove the default, or show those fields always.");

    private static bool Declares(Branch branch) =>
        branch.Properties.Any(property => property.Field is not null) || branch.AllOf.Any(Declares);

    private static List<Condition> MemberTests(Condition condition, string name) =>
    [
        .. condition.Properties.Where(property => property.Key == name).Select(property => property.Value),
        .. condition.AllOf.SelectMany(part => MemberTests(part, name)),
    ];
}
