using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>The values that a condition leaves to a controller: those listed, or all but those listed.</summary>
internal sealed record ValueSet(IReadOnlyList<JsonElement> Listed, bool IsAllBut)
{
    public static ValueSet All { get; } = new([], IsAllBut: true);

    public ValueSet Intersect(ValueSet other) => (IsAllBut, other.IsAllBut) switch
    {
        (true, true) => new([.. Listed, .. other.Listed], IsAllBut: true),
        (true, false) => other.Intersect(this),
        _ => new([.. Listed.Where(other.Contains)], IsAllBut: false),
    };

    public bool Contains(JsonElement value) => IsAllBut != Listed.Any(listed => JsonElement.DeepEquals(listed, value));

    /// <param name="menu">All values that the controller can have; null when they cannot be listed.</param>
    public bool IsEmptyWithin(IReadOnlyList<JsonElement>? menu) =>
        menu is null ? !IsAllBut && Listed.Count == 0 : !menu.Any(Contains);

    /// <summary>What the guards on the way to a branch leave to each controller of their scope.</summary>
    public static Dictionary<(int Level, string Name), ValueSet> Along(GuardPath path)
    {
        var sets = new Dictionary<(int, string), ValueSet>();
        foreach (var guard in path.Guards)
        {
            foreach (var name in guard.If.ControllerNames())
            {
                var left = guard.Holds ? Of(guard.If, name) : Otherwise(guard.If, name);
                sets[(guard.Level, name)] = sets.GetValueOrDefault((guard.Level, name), All).Intersect(left);
            }
        }

        return sets;
    }

    public static ValueSet OfTest(Condition test)
    {
        var set = test.Const is { } constant ? new([constant], IsAllBut: false)
            : test.Enum is { } values ? new([.. values], IsAllBut: false)
            : All;
        return test.Not is { } not && OfTest(not) is { IsAllBut: false } excluded && IsPlain(not)
            ? set.Intersect(new(excluded.Listed, IsAllBut: true))
            : set;
    }

    private static ValueSet Of(Condition condition, string name)
    {
        var set = condition.Properties.Where(property => property.Key == name).Aggregate(All, (left, property) => left.Intersect(OfTest(property.Value)));
        set = condition.AllOf.Aggregate(set, (left, part) => left.Intersect(Of(part, name)));
        return condition.Not is { } not ? set.Intersect(Otherwise(not, name)) : set;
    }

    // That the condition fails tells something of a controller only when it tests nothing else.
    private static ValueSet Otherwise(Condition condition, string name) =>
        condition.Properties is [var (tested, test)] && tested == name && !condition.Parts().Any()
        && condition.Required.All(required => required == name)
        && IsPlain(test) && OfTest(test) is { IsAllBut: false } set
            ? new(set.Listed, IsAllBut: true)
            : All;

    private static bool IsPlain(Condition test) => test.Not is null && test.Types.Count == 0 && test.Contains is null && test.Pattern is null;
}
