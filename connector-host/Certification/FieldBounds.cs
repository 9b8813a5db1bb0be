using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Certification;

/// <summary>The bounds and lengths that a field allows. Its pattern and format are for the validator.</summary>
internal sealed record FieldBounds(FieldType Type, NumberBounds Numbers, SizeBounds Length)
{
    public static FieldBounds Of(Field field)
    {
        JsonElement? Number(string keyword) => field.Schema.TryGetProperty(keyword, out var bound) ? bound : null;
        int? Size(string keyword) => Number(keyword)?.GetInt32();
        return new(
            field.Type,
            new(Number("minimum"), Number("exclusiveMinimum"), Number("maximum"), Number("exclusiveMaximum")),
            new(Size("minLength"), Size("maxLength")));
    }

    /// <summary>Values at the bounds, for a field that allows none of the usual ones.</summary>
    public IEnumerable<JsonElement> Edges
    {
        get
        {
            var numbers = new[] { (Numbers.Minimum, 0), (Numbers.ExclusiveMinimum, 1), (Numbers.Maximum, 0), (Numbers.ExclusiveMaximum, -1) }
                .Where(bound => bound.Item1 is { } number && number.TryGetDecimal(out _))
                .Select(bound => (bound.Item1!.Value.GetDecimal() + bound.Item2).ToString(CultureInfo.InvariantCulture));
            var texts = Type == FieldType.String && !Length.IsNone ? new[] { $"\"{new string('x', Math.Max(1, Length.Minimum ?? 1))}\"" } : [];
            return numbers.Concat(texts).Select(text => JsonElement.Parse(text));
        }
    }

    public bool Allow(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Numbers.Hold(value),
        JsonValueKind.String => Length.Hold(value.GetString()!.EnumerateRunes().Count()),
        _ => true,
    };
}
