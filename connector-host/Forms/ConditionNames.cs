namespace ConnectorPlatform.Host.Forms;

internal static class ConditionNames
{
    /// <summary>The names of the members that a condition looks at, in document order.</summary>
    public static IEnumerable<string> ControllerNames(this Condition condition) =>
        condition.Required
            .Concat(condition.Properties.Select(property => property.Key))
            .Concat(condition.Parts().SelectMany(ControllerNames))
            .Distinct();

    /// <summary>The conditions on the same object that this one is made of.</summary>
    public static IEnumerable<Condition> Parts(this Condition condition) =>
        condition.AllOf.Concat(condition.AnyOf).Concat(condition.OneOf).Concat(condition.Not is { } not ? [not] : []);
}
