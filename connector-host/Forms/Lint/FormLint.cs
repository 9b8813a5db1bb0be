using System.Text.Json;

namespace ConnectorPlatform.Host.Forms.Lint;

/// <summary>One breach of the dialect.</summary>
/// <param name="Rule">L1 to L14.</param>
/// <param name="Pointer">JSON pointer into the schema.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record FormProblem(string Rule, string Pointer, string Message);

/// <summary>Checks a schema against the dialect's rules. Uses no validation quota.</summary>
internal static class FormLint
{
    // Some rules compare every condition with every menu value and every declaration with every other.
    private const int MaxConditions = 500;

    /// <summary>Every problem, in no promised order; empty for a clean form.</summary>
    public static IReadOnlyList<FormProblem> Check(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return [new("L6", "", "A form is a JSON object with properties.")];
        }

        Form form;
        try
        {
            form = Form.Parse(schema);
        }
        catch (FormSchemaException exception)
        {
            var rule = exception.Pointer.EndsWith("/pattern", StringComparison.Ordinal) ? "L13" : "L6";
            return [new(rule, exception.Pointer, exception.Message), .. HeaderRules.Check(schema)];
        }

        List<SchemaNode> nodes = [.. SchemaNode.Walk(schema)];
        List<Scope> scopes = [.. ScopesOf(form.Scope)];
        if (scopes.Sum(scope => scope.Tests.Count) is > MaxConditions and var count)
        {
            return [new("L6", "", $"The form has {count} conditions, more than the {MaxConditions} that can be checked: simplify it."), .. HeaderRules.Check(schema)];
        }

        IEnumerable<FormProblem> problems =
        [
            .. HeaderRules.Check(schema),
            .. nodes.SelectMany(KeywordRules.Check),
            .. nodes.SelectMany(PatternRules.Check),
            .. nodes.SelectMany(node => AnnotationRules.Check(node, schema)),
            .. scopes.SelectMany(ConditionRules.Check),
            .. scopes.SelectMany(DeclarationRules.Check),
            .. scopes.SelectMany(scope => ValueRules.Check(scope, schema)),
            .. scopes.SelectMany(scope => SecretRules.Check(scope, schema)),
            .. scopes.SelectMany(MenuRules.Check),
            .. scopes.SelectMany(ReachRules.Check),
        ];
        return [.. problems.Distinct()];
    }

    private static IEnumerable<Scope> ScopesOf(Scope scope) => scope.Children.Values.SelectMany(ScopesOf).Prepend(scope);
}
