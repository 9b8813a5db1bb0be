using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>Makes details that ask for days of the past.</summary>
/// <param name="form">The connector's form of details.</param>
/// <param name="saved">The DataSet's own details.</param>
/// <param name="fields">What goes into which field, by name or JSON pointer.</param>
internal sealed class SliceDetails(Form form, JsonElement saved, IReadOnlyDictionary<string, string> fields)
{
    // What is absent in saved details was left empty on purpose, and gets no default here either.
    private readonly IReadOnlySet<string> _seen = form.Settle(saved).Visible.ToHashSet();

    /// <summary>Settled details for the days.</summary>
    /// <exception cref="PlatformException">One of the fields is not there, or not shown.</exception>
    public Settled For(DayRange days)
    {
        var details = JsonNode.Parse(saved.GetRawText())!.AsObject();
        foreach (var (field, text) in fields)
        {
            Put(details, PointerOf(field), FillIn(text, days));
        }

        var settled = form.Settle(JsonSerializer.SerializeToElement(details), _seen);
        foreach (var pointer in fields.Keys.Select(PointerOf))
        {
            CheckShown(settled, pointer);
        }

        return settled;
    }

    private static string PointerOf(string field) => field.StartsWith('/') ? field : JsonPointer.Append("", field);

    private static string FillIn(string text, DayRange days) => text
        .Replace("{start}", DayRange.Text(days.First), StringComparison.Ordinal)
        .Replace("{end}", DayRange.Text(days.Last), StringComparison.Ordinal)
        .Replace("{until}", days.Last < DateOnly.MaxValue ? DayRange.Text(days.Last.AddDays(1)) : "", StringComparison.Ordinal)
        .Replace("{days}", days.Days.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static void CheckShown(Settled settled, string pointer)
    {
        if (settled.Unknown.Contains(pointer))
        {
            throw new PlatformException(PlatformFault.Input, $"The form has no field {pointer}, which was to say for which days a slice asks: name another with --set.");
        }

        if (!settled.Visible.Contains(pointer))
        {
            var reason = settled.Hidden.GetValueOrDefault(pointer) is { } shown ? $"{shown}. " : "";
            throw new PlatformException(
                PlatformFault.Input, $"These details cannot ask for days of the past: the field {pointer} is not shown with them. {reason}Choose other details, or name other fields with --set.");
        }
    }

    private void Put(JsonObject details, string pointer, string text)
    {
        var (target, scope) = (details, form.Scope);
        var names = pointer.Split('/').Skip(1).Select(part => JsonPointer.LastName("/" + part)).ToList();
        foreach (var name in names.SkipLast(1))
        {
            if (target[name] is not JsonObject inner)
            {
                target[name] = inner = [];
            }

            target = inner;
            scope = scope?.Children.GetValueOrDefault(name);
        }

        target[names[^1]] = Value(text, scope?.FieldNamed(names[^1])?.Type);
    }

    // A text that its field cannot take stays a text, for the validation to refuse in the form's own words.
    private static JsonValue Value(string text, FieldType? type) => type switch
    {
        FieldType.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        FieldType.Number when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        FieldType.Boolean when text is "true" or "false" => JsonValue.Create(text == "true"),
        _ => JsonValue.Create(text),
    };
}
