using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>L14: every branch can apply.</summary>
internal static class ReachRules
{
    private static readonly JsonElement[] Booleans = [JsonElement.Parse("true"), JsonElement.Parse("false")];

    public static IEnumerable<FormProblem> Check(Scope scope) => scope.Tests.SelectMany(test =>
        Undeclared(test, scope).Concat(Impossible(test, scope)).Concat(Unreached(test, scope)));

    /// <summary>All values that a controller can have; null when they cannot be listed.</summary>
    public static IReadOnlyList<JsonElement>? MenuOf(Scope scope, string name)
    {
        var sites = scope.Sites.GetValueOrDefault(name, []);
        if (sites.Count > 0 && sites.All(site => site.Field.Type == FieldType.Boolean))
        {
            return Booleans;
        }

        return sites.Count > 0 && sites.All(site => site.Field.Choices is not null)
            ? [.. sites.SelectMany(site => site.Field.Choices!).Select(choice => choice.Value)]
            : null;
    }

    private static IEnumerable<FormProblem> Undeclared(Test test, Scope scope) =>
        from name in test.If.ControllerNames()
        where !scope.Sites.ContainsKey(name)
        select new FormProblem("L14", test.If.Pointer, $"There is no field {name}, so the condition never holds: correct the name or declare the field.");

    private static IEnumerable<FormProblem> Impossible(Test test, Scope scope) =>
        from asked in MemberTests(test.If)
        where scope.Sites.ContainsKey(asked.Key)
        from value in ValueSet.OfTest(asked.Value).Listed
        where !CanBe(value, asked.Key, scope)
        select new FormProblem(
            "L14", JsonPointer.Append(JsonPointer.Append(test.If.Pointer, "properties"), asked.Key), $"{asked.Key} is never {value.GetRawText()}: correct the value or add it to the menu.");

    private static IEnumerable<KeyValuePair<string, Condition>> MemberTests(Condition condition) =>
        condition.Properties.Concat(condition.Parts().SelectMany(MemberTests));

    private static bool CanBe(JsonElement value, string name, Scope scope) =>
        MenuOf(scope, name) is { } menu
            ? menu.Any(choice => JsonElement.DeepEquals(choice, value))
            : scope.Sites[name].Any(site => JsonTypes.Matches(value, site.Field.Type.ToString().ToLowerInvariant()));

    // A branch within a dead branch is dead as well; only the outermost is told.
    private static IEnumerable<FormProblem> Unreached(Test test, Scope scope)
    {
        if (IsDead(test.Path, scope))
        {
            yield break;
        }

        if (test.Owner.Then is { } then && (test.If.Constant == false || IsDead(test.Path.With(new Guard(test.If, Holds: true, scope.Level)), scope)))
        {
            yield return new("L14", then.Pointer, "This branch can never apply: its condition contradicts the menu or the conditions around it.");
        }

        if (test.Owner.Else is { } otherwise && (test.If.Constant == true || IsDead(test.Path.With(new Guard(test.If, Holds: false, scope.Level)), scope)))
        {
            yield return new("L14", otherwise.Pointer, "This branch can never apply: the condition covers everything that is left.");
        }
    }

    private static bool IsDead(GuardPath path, Scope scope) =>
        ValueSet.Along(path).Any(set => set.Value.IsEmptyWithin(MenuOf(scope.AtLevel(set.Key.Level), set.Key.Name)));
}
