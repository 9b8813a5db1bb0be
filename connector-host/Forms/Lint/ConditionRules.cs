namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L1, L3: a condition asks for fields that are there to be asked.</summary>
internal static class ConditionRules
{
    public static IEnumerable<FormProblem> Check(Scope scope) => scope.Tests.SelectMany(test =>
        Unguarded(test.If, [])
            .Select(found => new FormProblem(
                "L1", found.Pointer, $"An absent {found.Name} matches here: add \"required\": [\"{found.Name}\"] to the condition, outside of any \"not\"."))
            .Concat(Detached(test, scope)));

    private static IEnumerable<(string Pointer, string Name)> Unguarded(Condition condition, HashSet<string> guarded)
    {
        HashSet<string> required = [.. guarded, .. Certain(condition)];
        return condition.Properties.Where(property => !required.Contains(property.Key)).Select(property => (condition.Pointer, property.Key))
            .Concat(condition.AllOf.Concat(condition.AnyOf).Concat(condition.OneOf).SelectMany(part => Unguarded(part, required)))
            .Concat(condition.Not is { } not ? Inverted(not, required) : []);
    }

    // Under "not" a missing field makes the inner condition fail and so the outer one hold, whatever the inner one requires.
    private static IEnumerable<(string Pointer, string Name)> Inverted(Condition not, HashSet<string> required) =>
        not.ControllerNames().Where(name => !required.Contains(name)).Select(name => (not.Pointer, name));

    private static IEnumerable<string> Certain(Condition condition) => condition.Required.Concat(condition.AllOf.SelectMany(Certain));

    private static IEnumerable<FormProblem> Detached(Test test, Scope scope) =>
        from name in test.If.ControllerNames()
        where scope.Sites.TryGetValue(name, out var sites) && !sites.Any(site => site.Path.Encloses(test.Path))
        select new FormProblem(
            "L3", test.If.Pointer, $"{name} is declared in another branch, so a stale value of it would count: move this condition into the \"then\" that declares {name}.");
}
