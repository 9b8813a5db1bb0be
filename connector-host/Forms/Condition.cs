using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Host.Forms;

/// <summary>A test of one value with draft-07's meaning: a keyword for another type says nothing, a <c>properties</c> entry of an absent member matches.</summary>
internal sealed class Condition
{
    public required string Pointer { get; init; }

    /// <summary>A boolean schema; null for an object.</summary>
    public bool? Constant { get; init; }

    public IReadOnlyList<string> Types { get; init; } = [];

    public JsonElement? Const { get; init; }

    public IReadOnlyList<JsonElement>? Enum { get; init; }

    public Condition? Not { get; init; }

    public IReadOnlyList<Condition> AllOf { get; init; } = [];

    public IReadOnlyList<Condition> AnyOf { get; init; } = [];

    public IReadOnlyList<Condition> OneOf { get; init; } = [];

    public IReadOnlyList<string> Required { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, Condition>> Properties { get; init; } = [];

    public NumberBounds Bounds { get; init; } = NumberBounds.None;

    public SizeBounds Length { get; init; } = SizeBounds.None;

    public SizeBounds Count { get; init; } = SizeBounds.None;

    public bool UniqueItems { get; init; }

    public Condition? Contains { get; init; }

    public Condition? Items { get; init; }

    public Pattern? Pattern { get; init; }

    /// <exception cref="FormSchemaException">A pattern took too long.</exception>
    public bool Holds(JsonElement value) =>
        Constant ?? (HoldsForAnyType(value) && value.ValueKind switch
        {
            JsonValueKind.Object => HoldsForObject(value),
            JsonValueKind.Array => HoldsForArray(value),
            JsonValueKind.String => HoldsForText(value.GetString()!),
            JsonValueKind.Number => Bounds.Hold(value),
            _ => true,
        });

    private bool HoldsForAnyType(JsonElement value) =>
        (Types.Count == 0 || Types.Any(type => JsonTypes.Matches(value, type)))
        && (Const is not { } constant || JsonElement.DeepEquals(constant, value))
        && (Enum is null || Enum.Any(choice => JsonElement.DeepEquals(choice, value)))
        && (Not is null || !Not.Holds(value))
        && AllOf.All(condition => condition.Holds(value))
        && (AnyOf.Count == 0 || AnyOf.Any(condition => condition.Holds(value)))
        && (OneOf.Count == 0 || OneOf.Count(condition => condition.Holds(value)) == 1);

    private bool HoldsForObject(JsonElement value) =>
        Required.All(name => value.Has(name))
        && Properties.All(property => value.Member(property.Key) is not { } member || property.Value.Holds(member));

    private bool HoldsForArray(JsonElement value) =>
        Count.Hold(value.GetArrayLength())
        && (Contains is null || value.EnumerateArray().Any(Contains.Holds))
        && (Items is null || value.EnumerateArray().All(Items.Holds))
        && (!UniqueItems || AreUnique(value));

    private static bool AreUnique(JsonElement array) =>
        !array.EnumerateArray().Index().Any(later => array.EnumerateArray().Take(later.Index).Any(earlier => JsonElement.DeepEquals(earlier, later.Item)));

    private bool HoldsForText(string text)
    {
        if (!Length.IsNone && !Length.Hold(text.EnumerateRunes().Count()))
        {
            return false;
        }

        try
        {
            return Pattern is null || Pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new FormSchemaException(
                JsonPointer.Append(Pointer, "pattern"),
                $"The pattern {Pattern!.Source} takes too long: rewrite it without nested repetition.",
                exception);
        }
    }
}

/// <summary>The limits of a number; exact where both sides fit a decimal.</summary>
internal sealed record NumberBounds(JsonElement? Minimum, JsonElement? ExclusiveMinimum, JsonElement? Maximum, JsonElement? ExclusiveMaximum)
{
    public static NumberBounds None { get; } = new(null, null, null, null);

    public bool Hold(JsonElement number) =>
        (Minimum is not { } minimum || Compare(number, minimum) >= 0)
        && (ExclusiveMinimum is not { } above || Compare(number, above) > 0)
        && (Maximum is not { } maximum || Compare(number, maximum) <= 0)
        && (ExclusiveMaximum is not { } below || Compare(number, below) < 0);

    private static int Compare(JsonElement left, JsonElement right) =>
        left.TryGetDecimal(out var exactLeft) && right.TryGetDecimal(out var exactRight)
            ? exactLeft.CompareTo(exactRight)
            : left.GetDouble().CompareTo(right.GetDouble());
}

/// <summary>The least and the greatest number of characters (Unicode code points) or items.</summary>
internal readonly record struct SizeBounds(int? Minimum, int? Maximum)
{
    public static SizeBounds None => default;

    public bool IsNone => Minimum is null && Maximum is null;

    public bool Hold(int size) => !(size < Minimum) && !(size > Maximum);
}

internal static class JsonTypes
{
    public static bool Matches(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("string", JsonValueKind.String) or ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object) or ("null", JsonValueKind.Null) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => IsInteger(value),
        _ => false,
    };

    // 1.0 is an integer, as in draft-07.
    private static bool IsInteger(JsonElement number) =>
        number.TryGetInt64(out _)
        || (number.TryGetDecimal(out var exact) ? exact == decimal.Truncate(exact) : double.IsInteger(number.GetDouble()));
}
