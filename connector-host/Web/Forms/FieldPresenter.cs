using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>Turns each visible field into what the page shows.</summary>
internal sealed class FieldPresenter
{
    private readonly Settled _settled;
    private readonly ILookup<string, string> _children;
    private readonly ILookup<string, FormError> _errors;
    private readonly IReadOnlyList<FormError> _allErrors;
    private readonly HashSet<string> _controllers;
    private readonly HashSet<string> _required;
    private readonly MenuPresenter _menus;

    public FieldPresenter(FormScene scene, Settled settled, IReadOnlyList<FormError> errors, IReadOnlyDictionary<string, string> searches)
    {
        (Scene, _settled, _allErrors) = (scene, settled, errors);
        _children = settled.Visible.ToLookup(JsonPointer.Parent);
        _errors = errors.ToLookup(FieldOf);
        _controllers = [.. settled.Controllers];
        _required = [.. settled.Required];
        _menus = new MenuPresenter(scene, settled, searches);
    }

    public FormScene Scene { get; }

    public Settled Settled => _settled;

    public IReadOnlyList<FieldView> FieldsOf(string parent) => [.. _children[parent].Select(Present)];

    public bool IsAdvanced(FieldView field) => SchemaOf(field).IsTrue("x-advanced");

    public string? GroupOf(FieldView field) => SchemaOf(field).Text("x-group");

    /// <summary>Open when something behind it must be seen.</summary>
    public FieldsView AdvancedOf(IEnumerable<FieldView> fields)
    {
        var advanced = fields.Where(IsAdvanced).ToList();
        return new(advanced, advanced.Exists(field => IsNoteworthy(field) || IsChanged(field)));
    }

    public static bool IsNoteworthy(FieldView field) =>
        field.Error is not null || field.Fields.Any(IsNoteworthy) || field.Rows.SelectMany(row => row.Fields).Any(IsNoteworthy);

    public IReadOnlyList<ErrorLink> ErrorLinks() =>
        [.. _allErrors.Select(error => new ErrorLink(FieldOf(error) is { Length: > 0 } field ? FieldIds.Of(field) : "", error.Message))];

    private JsonElement SchemaOf(FieldView field) => _settled.Fields[field.Name].Schema;

    // A box that is not ticked is sent all the same, and says as little as an empty field.
    private bool IsChanged(FieldView field) =>
        JsonPointer.Find(_settled.Data, field.Name) is { } value && _settled.Fields[field.Name] is { Type: not FieldType.Object } declared
        && !(declared.Default is { } usual ? JsonElement.DeepEquals(usual, value) : value.ValueKind == JsonValueKind.False);

    // The error of an entry belongs to its list, whose control is the nearest.
    private string FieldOf(FormError error)
    {
        var pointer = error.Path;
        while (pointer.Length > 0 && !_settled.Fields.ContainsKey(pointer))
        {
            pointer = JsonPointer.Parent(pointer);
        }

        return pointer;
    }

    private FieldView Present(string pointer)
    {
        var field = _settled.Fields[pointer];
        var schema = field.Schema;
        var value = JsonPointer.Find(_settled.Data, pointer);
        var help = HelpText.Read(schema.Text("x-help"));
        var view = new FieldView
        {
            Template = "form-field",
            Id = FieldIds.Of(pointer),
            Name = pointer,
            Title = field.Title,
            IsRequired = _required.Contains(pointer),
            Description = schema.Text("description"),
            Hint = FieldHints.Of(field, _settled.Constraints[pointer], _required.Contains(pointer)),
            Error = _errors[pointer].Any() ? string.Join(" ", _errors[pointer].Select(error => error.Message)) : null,
            Value = field.IsSecret || value is null ? "" : TextOf(value.Value),
            Placeholder = schema.Text("x-placeholder"),
            Unit = schema.Text("x-unit"),
            IsStored = Scene.StoredSecrets.Contains(pointer),
            Settles = _controllers.Contains(pointer),
            Help = help,
            Docs = HttpsOnly(schema.Text("x-docs")),
            RefreshPath = Scene.RefreshPath,
        };
        return schema.Text("x-widget") == "hidden" && field.Type is not (FieldType.Object or FieldType.Array)
            ? view with { Template = "form-hidden" }
            : field.Type switch
            {
                FieldType.Object => Group(view),
                FieldType.Array => List(view, field, value),
                _ when schema.IsTrue("readOnly") => view with { Template = "form-fixed", Options = ChosenOnly(field, value) },
                _ => Scalar(view, field, value),
            };
    }

    private static string? HttpsOnly(string? address) => address?.StartsWith("https://", StringComparison.Ordinal) == true ? address : null;

    private FieldView Group(FieldView view)
    {
        var fields = FieldsOf(view.Name);
        return view with { Template = "form-group", Fields = [.. fields.Where(field => !IsAdvanced(field))], Advanced = AdvancedOf(fields) };
    }

    private FieldView List(FieldView view, Field field, JsonElement? value)
    {
        var items = Scene.Form.ItemsOf(field);
        IReadOnlyList<JsonElement> entries = value is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
        if (items.Text("type") == "object" || items.Has("properties"))
        {
            return Rows(view, field, entries.Count);
        }

        List<string> chosen = [.. entries.Select(TextOf)];
        if (FieldReader.ChoicesOf(items) is { } choices)
        {
            return view with { Template = "form-choices", Control = "checkbox", Options = OptionsOf(view.Id, choices, chosen) };
        }

        return field.Menu is { } menu && Scene.Menus is not null
            ? _menus.Present(view with { Template = "form-choices", Control = "checkbox" }, menu, chosen)
            : view with { Control = "textarea", Value = string.Join('\n', chosen), Lines = Math.Clamp(chosen.Count + 1, 3, 12), Hint = Joined("One entry a line.", view.Hint) };
    }

    private FieldView Rows(FieldView view, Field field, int count)
    {
        List<RowView> rows =
        [
            .. Enumerable.Range(0, count).Select(index => JsonPointer.Append(view.Name, index)).Select((pointer, index) =>
                new RowView(FieldIds.Of(pointer), pointer, $"{field.Title}: {(index + 1).ToString(CultureInfo.InvariantCulture)}", FieldsOf(pointer))),
        ];
        var most = field.Schema.Member("maxItems") is { ValueKind: JsonValueKind.Number } limit && limit.TryGetInt32(out var number) ? number : int.MaxValue;
        return view with
        {
            Template = "form-rows",
            Rows = rows,
            CanAdd = count < most,
            IsGrid = rows.TrueForAll(row => row.Fields.Count <= 3 && row.Fields.All(member => member is { Template: "form-field", Control: "text" or "select" or "date", Menu: null })),
        };
    }

    private FieldView Scalar(FieldView view, Field field, JsonElement? value)
    {
        var widget = field.Schema.Text("x-widget");
        IReadOnlyList<string> chosen = value is null ? [] : [view.Value];
        if (field.Type == FieldType.Boolean && widget is not ("select" or "radio"))
        {
            return view with { Control = "checkbox" };
        }

        if ((field.Type == FieldType.Boolean ? YesOrNo : field.Choices) is { } choices)
        {
            return Choice(view, choices, chosen, widget);
        }

        return field.Menu is { } menu && Scene.Menus is not null
            ? _menus.Present(widget == "combobox" && menu.AllowCustom ? view with { Control = "combobox" } : view with { Control = "select", Settles = true }, menu, chosen)
            : Typed(view, field, widget);
    }

    private static FieldView Choice(FieldView view, IReadOnlyList<Choice> choices, IReadOnlyList<string> chosen, string? widget)
    {
        var options = OptionsOf(view.Id, choices, chosen);
        if (widget == "radio")
        {
            return view with { Template = "form-choices", Control = "radio", Options = view.IsRequired ? options : [NoneOf(view.Id, chosen.Count == 0), .. options] };
        }

        // The description is of the entry that is chosen, so choosing another one shows another.
        var described = options.FirstOrDefault(option => option.IsChosen)?.Description;
        return view with { Control = "select", Options = options, Hint = Joined(described, view.Hint), Settles = view.Settles || choices.Any(choice => choice.Description is not null) };
    }

    private static FieldView Typed(FieldView view, Field field, string? widget)
    {
        var isDate = (widget == "date" || field.Schema.Text("format") == "date")
            && (view.Value.Length == 0 || DateOnly.TryParseExact(view.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        return view with
        {
            Control = field.IsSecret || widget == "password" ? "password" : widget is "textarea" or "code" ? "textarea" : isDate ? "date" : "text",
            IsCode = widget == "code",
            InputMode = (field.Type, field.Schema.Text("format")) switch
            {
                (FieldType.Integer, _) => Minimum(field) >= 0 ? "numeric" : "text",
                (FieldType.Number, _) => Minimum(field) >= 0 ? "decimal" : "text",
                (_, "email") => "email",
                (_, "uri") => "url",
                _ => null,
            },
        };
    }

    // The numeric keyboards of telephones have no minus.
    private static decimal Minimum(Field field) =>
        field.Schema.Member("minimum") is { ValueKind: JsonValueKind.Number } minimum && minimum.TryGetDecimal(out var number) ? number : -1;

    private static List<OptionView> ChosenOnly(Field field, JsonElement? value) =>
        value is { } given ? [new OptionView { Id = "", Value = TextOf(given), Title = field.TitleOf(given), IsChosen = true }] : [];

    private static OptionView NoneOf(string id, bool isChosen) => new() { Id = $"{id}--none", Value = "", Title = "None", IsChosen = isChosen };

    private static List<OptionView> OptionsOf(string id, IReadOnlyList<Choice> choices, IReadOnlyList<string> chosen)
    {
        var offered = choices.Select((choice, index) => new OptionView
        {
            Id = $"{id}--{index}",
            Value = TextOf(choice.Value),
            Title = choice.Title,
            Description = choice.Description,
            IsChosen = chosen.Contains(TextOf(choice.Value)),
        }).ToList();
        var gone = chosen.Where(value => !offered.Exists(option => option.Value == value)).Distinct()
            .Select((value, index) => new OptionView { Id = $"{id}--gone{index}", Value = value, Title = $"{value} (not in the menu)", IsChosen = true });
        return [.. offered, .. gone];
    }

    private static readonly IReadOnlyList<Choice> YesOrNo = [new(JsonElement.Parse("true"), "Yes", null), new(JsonElement.Parse("false"), "No", null)];

    private static string? Joined(params string?[] texts) => string.Join(' ', texts.Where(text => text is not null)) is { Length: > 0 } joined ? joined : null;

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
