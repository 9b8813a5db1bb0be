using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>What a page's form has sent: the data as typed, and what the user wants done with it.</summary>
internal sealed record FormPost
{
    /// <summary>The name of the buttons that show the form again instead of submitting it.</summary>
    public const string ActionName = "form_action";

    public const string SearchPrefix = "form_search:";
    public const string CustomPrefix = "form_custom:";
    public const string PastePrefix = "form_paste:";

    /// <summary>The settled data with its fields. A field that was emptied stays empty, whatever its default.</summary>
    public required Settled Settled { get; init; }

    /// <summary>False when the user only wants to see what the form asks for now.</summary>
    public bool IsSubmit => Action.Verb.Length == 0;

    /// <summary>What a button asks for: a verb such as <c>add</c>, and the field that it is about.</summary>
    public required (string Verb, string Pointer) Action { get; init; }

    /// <summary>What was typed to search in live menus, by field.</summary>
    public required IReadOnlyDictionary<string, string> Searches { get; init; }

    /// <exception cref="PlatformException">What was sent is no form of ours.</exception>
    public static async Task<FormPost> ReadAsync(HttpRequest request, FormScene scene, CancellationToken cancellationToken) =>
        Read(await request.ReadFormAsync(cancellationToken).ConfigureAwait(false), scene);

    /// <inheritdoc cref="ReadAsync"/>
    public static FormPost Read(IFormCollection posted, FormScene scene)
    {
        var controls = posted.SelectMany(control => control.Value.Select(value => KeyValuePair.Create(control.Key, value ?? ""))).ToList();
        var custom = WithPrefix(controls, CustomPrefix).Where(control => control.Value.Trim().Length > 0);
        List<KeyValuePair<string, string>> fields = [.. controls.Where(control => control.Key.StartsWith('/')), .. custom];
        var visible = fields.Select(control => control.Key).ToHashSet();
        try
        {
            var settled = scene.Form.Settle(HtmlFormDecoder.Decode(scene.Form, fields), visible);
            var action = ReadAction(posted[ActionName].ToString());
            var choices = new ListChoices(scene, settled);
            var edited = JsonNode.Parse(settled.Data.GetRawText())!;
            var isEdited = Apply(action, edited, choices);
            foreach (var (pointer, lines) in WithPrefix(controls, PastePrefix).Where(control => control.Value.Trim().Length > 0))
            {
                isEdited |= choices.Paste(edited, pointer, lines);
            }

            return new()
            {
                Settled = isEdited ? scene.Form.Settle(JsonElement.Parse(edited.ToJsonString()), visible) : settled,
                Action = action,
                Searches = WithPrefix(controls, SearchPrefix).DistinctBy(control => control.Key).ToDictionary(),
            };
        }
        catch (JsonException exception)
        {
            throw new PlatformException(PlatformFault.Input, $"The form cannot be read: {exception.Message}", exception);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> WithPrefix(IEnumerable<KeyValuePair<string, string>> controls, string prefix) =>
        controls.Where(control => control.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(control => KeyValuePair.Create(control.Key[prefix.Length..], control.Value));

    private static (string Verb, string Pointer) ReadAction(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon ? (text[..colon], text[(colon + 1)..]) : (text, "");

    private static bool Apply((string Verb, string Pointer) action, JsonNode data, ListChoices choices)
    {
        switch (action.Verb)
        {
            case "add":
                return ListEditing.AddRow(data, action.Pointer);
            case "remove":
                return ListEditing.RemoveRow(data, action.Pointer);
            case "all":
                return choices.ChooseAll(data, action.Pointer);
            case "none":
                return ListEditing.SetList(data, action.Pointer, []);
            default:
                return false;
        }
    }
}
