using System.Text.Json;

namespace ConnectorPlatform.Host.Web.Forms;

/// <summary>A form as the templates show it.</summary>
internal sealed record FormView
{
    public required string RefreshPath { get; init; }

    /// <summary>The cards in the order of their first fields.</summary>
    public required IReadOnlyList<SectionView> Sections { get; init; }

    public required FieldsView Advanced { get; init; }

    public required IReadOnlyList<ErrorLink> Errors { get; init; }

    public required IReadOnlyList<FieldView> Fields { get; init; }

    /// <summary>Stands after the fields when the chosen method is to sign in at the source; null otherwise.</summary>
    public SignInView? SignIn { get; init; }

    /// <summary>The only field that a request was about; null when it was about all.</summary>
    public FieldView? Asked { get; init; }

    /// <summary>What answers a request on the refresh path.</summary>
    public FormFragment Fragment => Asked is null ? new("form-fields", this) : new(Asked.Template, Asked);
}

/// <summary>That the form leads to the source's own page.</summary>
/// <param name="Host">Where one signs in.</param>
/// <param name="SetUpPath">Where the operator makes it possible; empty when it is.</param>
/// <param name="ButtonLabel">What stands on the button that leads there.</param>
internal sealed record SignInView(string Host, string SetUpPath, string ButtonLabel);

/// <summary>A piece of the form with the template that shows it.</summary>
internal sealed record FormFragment(string Template, object Model);

/// <summary>One thing that is wrong, with the control that it is about.</summary>
/// <param name="Target">The control's id; empty for an error of the form as a whole.</param>
/// <param name="Message">In the user's words.</param>
internal sealed record ErrorLink(string Target, string Message);

/// <summary>A card of the form.</summary>
internal sealed record SectionView
{
    /// <summary>Null for the fields that belong to no group.</summary>
    public required string? Title { get; init; }

    public required string? Description { get; init; }

    public required bool IsCollapsible { get; init; }

    public required bool IsOpen { get; init; }

    public required IReadOnlyList<FieldView> Fields { get; init; }
}

/// <summary>Fields that stand behind a disclosure.</summary>
internal sealed record FieldsView(IReadOnlyList<FieldView> Fields, bool IsOpen);

/// <summary>One entry of a menu.</summary>
internal sealed record OptionView
{
    public required string Id { get; init; }

    public required string Value { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required bool IsChosen { get; init; }
}

/// <summary>One row of a repeated group.</summary>
internal sealed record RowView(string Id, string Pointer, string Title, IReadOnlyList<FieldView> Fields);

/// <summary>A live menu beside its control.</summary>
internal sealed record MenuView
{
    /// <summary><c>ready</c>, <c>loading</c>, <c>waiting</c> for another field, <c>empty</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Another for each question, so that the page sees when a menu must be loaded anew.</summary>
    public required string Key { get; init; }

    /// <summary>What to say of it; null for nothing.</summary>
    public required string? Message { get; init; }

    /// <summary>What was searched for; null for a menu without search.</summary>
    public required string? Search { get; init; }

    public required bool AllowsCustom { get; init; }
}

/// <summary>A field as the templates show it.</summary>
internal sealed record FieldView
{
    /// <summary>The template: <c>form-field</c>, <c>form-choices</c>, <c>form-group</c>, <c>form-rows</c>, <c>form-fixed</c> or <c>form-hidden</c>.</summary>
    public required string Template { get; init; }

    /// <summary>What is typed or chosen in: <c>text</c>, <c>date</c>, <c>password</c>, <c>textarea</c>, <c>select</c>, <c>combobox</c> for typing with suggestions, <c>checkbox</c>, <c>checkboxes</c> or <c>radio</c>.</summary>
    public string Control { get; init; } = "";

    /// <summary>Made of the pointer, the same for ever.</summary>
    public required string Id { get; init; }

    /// <summary>The control's name: the field's JSON pointer.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required bool IsRequired { get; init; }

    public string? Description { get; init; }

    /// <summary>Bounds and examples.</summary>
    public string? Hint { get; init; }

    public string? Error { get; init; }

    /// <summary>What is in the control; never a secret.</summary>
    public string Value { get; init; } = "";

    public string? InputMode { get; init; }

    public string? Placeholder { get; init; }

    public string? Unit { get; init; }

    public int Lines { get; init; } = 4;

    public bool IsCode { get; init; }

    public bool IsStored { get; init; }

    /// <summary>Whether a change of it is sent to see what the form asks for then.</summary>
    public bool Settles { get; init; }

    public IReadOnlyList<OptionView> Options { get; init; } = [];

    public IReadOnlyList<FieldView> Fields { get; init; } = [];

    public FieldsView Advanced { get; init; } = new([], false);

    public IReadOnlyList<RowView> Rows { get; init; } = [];

    public bool CanAdd { get; init; }

    /// <summary>Whether the rows are short enough to stand in a grid.</summary>
    public bool IsGrid { get; init; }

    public IReadOnlyList<HelpBlock> Help { get; init; } = [];

    public string? Docs { get; init; }

    public MenuView? Menu { get; init; }

    /// <summary>What a script sends to load the menu, as JSON.</summary>
    public string LoadValues => ActionValues("menu");

    /// <summary>What a script sends to search in the menu, as JSON.</summary>
    public string SearchValues => ActionValues("search");

    public required string RefreshPath { get; init; }

    /// <summary>The ids of what is said about the control.</summary>
    public string? DescribedBy =>
        string.Join(' ', new[] { (Description ?? Hint) is null && !IsStored ? null : $"{Id}-hint", Error is null ? null : $"{Id}-error" }.OfType<string>()) is { Length: > 0 } ids ? ids : null;

    private string ActionValues(string verb) => JsonSerializer.Serialize(new Dictionary<string, string> { [FormPost.ActionName] = $"{verb}:{Name}" });
}
