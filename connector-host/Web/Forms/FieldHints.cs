using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Says before a mistake what a field takes: bounds as the branches that apply now have tightened them, examples, and what holds when it is left empty.</summary>
internal static class FieldHints
{
    private const int MostExamples = 4;

    public static string? Of(Field field, IReadOnlyList<JsonElement> constraints, bool isRequired)
    {
        var hint = string.Join(' ', Bounds(field.Type, constraints).Append(Examples(field)).Append(isRequired ? null : WhenEmpty(field)).OfType<string>());
        return hint.Length > 0 ? hint : null;
    }

    private static string?[] Bounds(FieldType type, IReadOnlyList<JsonElement> constraints) => type switch
    {
        FieldType.Integer or FieldType.Number =>
        [
            Range(Tightest(constraints, "minimum", isLower: true), Tightest(constraints, "maximum", isLower: false), ""),
            Tightest(constraints, "exclusiveMinimum", isLower: true) is { } below ? $"More than {below}." : null,
            Tightest(constraints, "exclusiveMaximum", isLower: false) is { } above ? $"Less than {above}." : null,
        ],
        FieldType.Array => [Range(Tightest(constraints, "minItems", isLower: true), Tightest(constraints, "maxItems", isLower: false), " entries")],
        _ => [],
    };

    private static string? Range(JsonElement? least, JsonElement? most, string of) => (least, most) switch
    {
        ({ } from, { } to) => $"From {from} to {to}{of}.",
        ({ } from, null) => $"At least {from}{of}.",
        (null, { } to) => $"At most {to}{of}.",
        _ => null,
    };

    private static JsonElement? Tightest(IReadOnlyList<JsonElement> constraints, string keyword, bool isLower)
    {
        var limits = constraints.Select(schema => schema.Member(keyword)).OfType<JsonElement>().Where(limit => limit.ValueKind == JsonValueKind.Number).OrderBy(limit => limit.GetDouble()).ToList();
        return limits.Count == 0 ? null : isLower ? limits[^1] : limits[0];
    }

    // Saving settles once more, by whatever way the data came: a field without a value gets its default. A checkbox always has a value.
    private static string? WhenEmpty(Field field) => field.Type is FieldType.Boolean or FieldType.Object || field.Default is not { } usual ? null
        : usual.ValueKind != JsonValueKind.Array ? $"Left empty, it is {field.TitleOf(usual)}."
        : usual.GetArrayLength() > 0 ? $"Left empty, it is {string.Join(", ", usual.EnumerateArray().Select(field.TitleOf))}."
        : null;

    private static string? Examples(Field field)
    {
        var examples = field.IsSecret ? [] : field.Schema.Items("examples").Take(MostExamples).Select(field.TitleOf).ToList();
        return examples.Count > 0 ? $"For example {string.Join(", ", examples)}."
            : field.Schema.Text("format") == "date-time" ? "For example 2024-05-31T08:30:00Z."
            : null;
    }
}
