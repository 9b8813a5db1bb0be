using System.Text.Json;

namespace ConnectorPlatform.Host.Forms;

/// <summary>Says when a field is shown, in the titles that the user reads.</summary>
internal static class HiddenReason
{
    public static string Of(IReadOnlyList<Site> sites, Scope scope)
    {
        var paths = sites.Select(site => GuardsToTell(site, scope)).ToList();

        // The usual form, one controller and one menu value a branch, reads as one sentence.
        if (paths.All(path => path.Count == 1 && path[0].Holds)
            && paths.Select(path => ConditionWords.Choice(path[0].If)).ToList() is var choices
            && choices.All(choice => choice is not null)
            && choices.DistinctBy(choice => choice!.Value.Name).Count() == 1)
        {
            var words = new ConditionWords(scope.AtLevel(paths[0][0].Level));
            return $"Shown when {words.Is(choices[0]!.Value.Name, choices.SelectMany(choice => choice!.Value.Values))}";
        }

        var alternatives = paths.Select(path => string.Join(" and ", path.Select(guard => new ConditionWords(scope.AtLevel(guard.Level)).Of(guard)))).Where(text => text.Length > 0).Distinct();
        return $"Shown when {string.Join(", or when ", alternatives)}";
    }

    // While its group shows, only the group's own conditions keep a field hidden, unless it has none.
    private static IReadOnlyList<Guard> GuardsToTell(Site site, Scope scope) =>
        site.Path.Guards.Where(guard => guard.Level == scope.Level).ToList() is { Count: > 0 } own ? own : site.Path.Guards;
}

/// <summary>Conditions in words.</summary>
internal sealed class ConditionWords(Scope scope)
{
    public string Of(Guard guard) => guard.Holds ? Of(guard.If) : Negated(guard.If);

    /// <summary>The one controller and the values it must have; null for any other condition.</summary>
    public static (string Name, IEnumerable<JsonElement> Values)? Choice(Condition condition) =>
        condition.Properties is [var (name, test)]
        && condition.Required.All(required => required == name)
        && !condition.Parts().Any()
        && Values(test) is { } values
            ? (name, values)
            : null;

    public string Is(string name, IEnumerable<JsonElement> values) => $"{Title(name)} is {Listed(name, values)}";

    private string Of(Condition condition)
    {
        var tested = condition.Properties.Select(property => property.Key).ToHashSet();
        List<string> clauses =
        [
            .. condition.Required.Where(name => !tested.Contains(name)).Select(name => $"{Title(name)} is filled in"),
            .. condition.Properties.Select(property => OfMember(property.Key, property.Value)),
            .. condition.AllOf.Select(Of),
        ];
        if (condition.AnyOf.Count + condition.OneOf.Count > 0)
        {
            clauses.Add(string.Join(" or ", condition.AnyOf.Concat(condition.OneOf).Select(Of)));
        }

        if (condition.Not is { } not)
        {
            clauses.Add(Negated(not));
        }

        return string.Join(" and ", clauses.Where(clause => clause.Length > 0));
    }

    private string Negated(Condition condition) =>
        Choice(condition) is { } choice ? $"{Title(choice.Name)} is not {Listed(choice.Name, choice.Values)}"
        : condition is { Required: [var name], Properties.Count: 0 } && !condition.Parts().Any() ? $"{Title(name)} is empty"
        : $"it is not so that {Of(condition)}";

    private string OfMember(string name, Condition test)
    {
        if (Values(test) is { } values)
        {
            return Is(name, values);
        }

        List<string> clauses =
        [
            .. Bound("at least", test.Bounds.Minimum),
            .. Bound("above", test.Bounds.ExclusiveMinimum),
            .. Bound("at most", test.Bounds.Maximum),
            .. Bound("below", test.Bounds.ExclusiveMaximum),
        ];
        if (test.Not is { } not)
        {
            clauses.Add(Values(not) is { } excluded ? $"not {Listed(name, excluded)}" : "not of the excluded kind");
        }

        if (test.Contains is { } contained && Values(contained) is { } members)
        {
            return $"{Title(name)} includes {Listed(name, members)}";
        }

        return clauses.Count > 0 ? $"{Title(name)} is {string.Join(" and ", clauses)}"
            : test.Pattern is not null ? $"{Title(name)} has a certain form"
            : $"{Title(name)} is filled in";
    }

    private static IEnumerable<string> Bound(string words, JsonElement? bound) =>
        bound is { } value ? [$"{words} {value.GetRawText()}"] : [];

    private static IEnumerable<JsonElement>? Values(Condition test) => test.Const is { } constant ? [constant] : test.Enum;

    private string Title(string name) => scope.FieldNamed(name)?.Title ?? name;

    private string Listed(string name, IEnumerable<JsonElement> values)
    {
        List<string> titles = [.. values.Select(value => scope.FieldNamed(name)?.TitleOf(value) ?? value.ToString()).Distinct()];
        return titles.Count < 2 ? titles.FirstOrDefault() ?? "" : $"{string.Join(", ", titles.SkipLast(1))} or {titles[^1]}";
    }
}
