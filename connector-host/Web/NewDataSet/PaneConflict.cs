using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>Somebody else has saved meanwhile: what is stored now, beside what was typed here and is not saved.</summary>
/// <param name="Message">Who, when and what.</param>
internal sealed record PaneConflict(string Message, IReadOnlyList<PaneDifference> Differences)
{
    private const string Nothing = "nothing";

    /// <summary>The fields of two fillings of a form that differ.</summary>
    public static IReadOnlyList<PaneDifference> Between(Form form, JsonElement stored, JsonElement typed)
    {
        var (before, now) = (form.Settle(stored), form.Settle(typed));
        return Differing(before.Visible.Union(now.Visible)
            .Select(pointer => (Pointer: pointer, Field: now.Fields.GetValueOrDefault(pointer) ?? before.Fields[pointer]))
            .Where(entry => entry.Field.Type != FieldType.Object && !entry.Field.IsSecret)
            .Select(entry => new PaneDifference(entry.Field.Title, Text(entry.Field, before.Data, entry.Pointer), Text(entry.Field, now.Data, entry.Pointer))));
    }

    public static IReadOnlyList<PaneDifference> Differing(IEnumerable<PaneDifference> compared) => [.. compared.Where(one => one.Stored != one.Typed)];

    /// <summary>A value as a conflict tells it.</summary>
    public static string Text(string value) => value.Length == 0 ? Nothing : value;

    private static string Text(Field field, JsonElement data, string pointer) => JsonPointer.Find(data, pointer) switch
    {
        null => Nothing,
        { ValueKind: JsonValueKind.Array } list => Text(string.Join(", ", list.EnumerateArray().Select(field.TitleOf))),
        { } value => field.TitleOf(value),
    };
}

/// <summary>A field that differs.</summary>
internal sealed record PaneDifference(string Title, string Stored, string Typed);
