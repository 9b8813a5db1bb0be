using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Changes lists in a form's data. A place that is not there, as a page may be older than its form, is left alone.</summary>
internal static class ListEditing
{
    // A page that grows without end helps nobody; a list of this length belongs into a file.
    private const int MostRows = 500;

    public static bool AddRow(JsonNode data, string pointer)
    {
        if (Member(data, pointer) is not { } place || place.Owner[place.Name] is not (null or JsonArray))
        {
            return false;
        }

        var rows = place.Owner[place.Name] as JsonArray;
        if (rows is null)
        {
            place.Owner[place.Name] = rows = [];
        }

        if (rows.Count < MostRows)
        {
            rows.Add(new JsonObject());
        }

        return true;
    }

    public static bool RemoveRow(JsonNode data, string pointer)
    {
        if (Member(data, JsonPointer.Parent(pointer)) is not { } place
            || place.Owner[place.Name] is not JsonArray rows
            || !int.TryParse(JsonPointer.LastName(pointer), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index >= rows.Count)
        {
            return false;
        }

        rows.RemoveAt(index);
        return true;
    }

    public static bool SetList(JsonNode data, string pointer, IEnumerable<JsonElement> values)
    {
        if (Member(data, pointer) is not { } place)
        {
            return false;
        }

        place.Owner[place.Name] = new JsonArray([.. values.Select(value => JsonNode.Parse(value.GetRawText()))]);
        return true;
    }

    public static IReadOnlyList<JsonElement> ListAt(JsonNode data, string pointer) =>
        Member(data, pointer) is { } place && place.Owner[place.Name] is JsonArray list
            ? [.. list.Select(value => JsonSerializer.SerializeToElement(value))]
            : [];

    private static (JsonObject Owner, string Name)? Member(JsonNode data, string pointer) =>
        pointer.Length > 1 && JsonPointer.OwnerOf(data, pointer) is { } owner ? (owner, JsonPointer.LastName(pointer)) : null;
}

/// <summary>Chooses several entries of a list's menu at once.</summary>
internal sealed class ListChoices(FormScene scene, Settled settled)
{
    public bool ChooseAll(JsonNode data, string pointer) =>
        EntriesOf(pointer) is { } entries && ListEditing.SetList(data, pointer, entries.Select(entry => entry.Value));

    /// <summary>Chooses what a pasted list names, one entry a line, by value or by title; what nothing is called stays as typed, for validation to refuse.</summary>
    public bool Paste(JsonNode data, string pointer, string lines)
    {
        if (!settled.Fields.ContainsKey(pointer))
        {
            return false;
        }

        var entries = EntriesOf(pointer) ?? [];
        var named = lines.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => Named(entries, line));
        return ListEditing.SetList(data, pointer, ListEditing.ListAt(data, pointer).Concat(named).DistinctBy(value => value.GetRawText()));
    }

    private static JsonElement Named(IReadOnlyList<Choice> entries, string line)
    {
        var entry = entries.FirstOrDefault(choice => choice.Value.ToString() == line)
            ?? entries.FirstOrDefault(choice => string.Equals(choice.Title, line, StringComparison.OrdinalIgnoreCase));
        return entry?.Value ?? JsonSerializer.SerializeToElement(line);
    }

    private IReadOnlyList<Choice>? EntriesOf(string pointer)
    {
        if (!settled.Fields.TryGetValue(pointer, out var field) || field.Type != FieldType.Array)
        {
            return null;
        }

        return field.Menu is { } menu
            ? scene.Menus?.Known(FormScene.Question(menu, settled, pointer, null))?.Options
                .Select(option => new Choice(JsonSerializer.SerializeToElement(option.Value), option.Label, option.Description)).ToList()
            : FieldReader.ChoicesOf(scene.Form.ItemsOf(field));
    }
}
