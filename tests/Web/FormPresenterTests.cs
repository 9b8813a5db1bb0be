using System.Text.RegularExpressions;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Tests.Forms;

namespace ConnectorPlatform.Tests.Web;

public sealed partial class FormPresenterTests
{
    private const string Hostile = "</textarea><script>alert(1)</script>\\\"'><img src=x onerror=alert(1)>";

    /// <summary>A field's declaration, data, and what its page must hold.</summary>
    public static TheoryData<string, string, string> Fields => new()
    {
        { """ "type": "string", "title": "T" """, """{"a":"x"}""", """<input type="text" id="field-a" name="/a" value="x" """ },
        { """ "type": "string", "title": "T", "x-placeholder": "p" """, "{}", "placeholder=\"p\"" },
        { """ "type": "string", "title": "T", "description": "d", "examples": ["e", "f"] """, "{}", "d For example e, f." },
        { """ "type": "string", "title": "T", "x-widget": "textarea" """, """{"a":"x\n\ny"}""", "rows=\"4\" class=\"\">\nx&#xA;&#xA;y</textarea>" },
        { """ "type": "string", "title": "T", "x-widget": "code" """, "{}", "class=\"code\" spellcheck=\"false\"" },
        { """ "type": "string", "title": "T", "format": "date" """, """{"a":"2024-05-31"}""", """<input type="date" id="field-a" name="/a" value="2024-05-31" """ },
        { """ "type": "string", "title": "T", "format": "date" """, """{"a":"31.5."}""", """<input type="text" id="field-a" name="/a" value="31.5." """ },
        { """ "type": "string", "title": "T", "format": "date-time" """, "{}", "For example 2024-05-31T08:30:00Z." },
        { """ "type": "integer", "title": "T", "minimum": 1, "maximum": 9, "x-unit": "days" """, """{"a":3}""", "From 1 to 9." },
        { """ "type": "number", "title": "T", "exclusiveMinimum": 0, "maximum": 1 """, "{}", "At most 1. More than 0." },
        { """ "type": "integer", "title": "T", "x-unit": "days" """, """{"a":"1,5"}""", "value=\"1,5\"" },
        { """ "type": "integer", "title": "T", "x-unit": "days" """, "{}", "<span class=\"form-unit muted\">days</span>" },
        { """ "type": "string", "title": "T", "enum": ["x", "y"] """, """{"a":"y"}""", "<option value=\"y\" selected>y</option>" },
        { """ "type": "string", "title": "T", "oneOf": [{ "const": "x", "title": "Ex", "description": "about x" }] """, """{"a":"x"}""", "about x" },
        { """ "type": "string", "title": "T", "enum": ["x"] """, """{"a":"gone"}""", "<option value=\"gone\" selected>gone (not in the menu)</option>" },
        { """ "type": "integer", "title": "T", "enum": [1, 2] """, """{"a":2}""", "<option value=\"2\" selected>2</option>" },
        { """ "type": "string", "title": "T", "enum": ["x"], "x-widget": "radio" """, "{}", "name=\"/a\" value=\"\" checked> <span>None</span>" },
        { """ "type": "boolean", "title": "T" """, """{"a":true}""", "<input type=\"checkbox\" value=\"true\" id=\"field-a\" name=\"/a\" checked>" },
        { """ "type": "boolean", "title": "T", "x-widget": "radio" """, """{"a":false}""", "value=\"false\" checked> <span>No</span>" },
        { """ "type": "array", "title": "T", "items": { "type": "string" } """, """{"a":["x","y"]}""", ">\nx&#xA;y</textarea>" },
        { """ "type": "array", "title": "T", "items": { "type": "string", "enum": ["x", "y"] } """, """{"a":["y"]}""", "value=\"y\" checked> <span>y</span>" },
        { """ "type": "string", "title": "T", "readOnly": true """, """{"a":"x"}""", "<input type=\"hidden\" name=\"/a\" value=\"x\">" },
        { """ "type": "string", "title": "T", "x-widget": "hidden" """, """{"a":"x"}""", "<input type=\"hidden\" id=\"field-a\" name=\"/a\" value=\"x\"" },
        { """ "type": "string", "title": "T", "x-help": "**b** [l](https://x.example/) `c`" """, "{}", "<strong>b</strong> <a href=\"https://x.example/\" rel=\"noopener noreferrer\" target=\"_blank\">l</a> <code>c</code>" },
        { """ "type": "string", "title": "T", "x-docs": "https://x.example/d" """, "{}", "href=\"https://x.example/d\"" },
        { """ "type": "string", "title": "T", "x-advanced": true """, """{"a":"x"}""", "<details class=\"form-section form-advanced\" open>" },
        { """ "type": "object", "title": "T", "properties": { "b": { "type": "string", "title": "B" } } """, """{"a":{"b":"x"}}""", "id=\"field-a-b\" name=\"/a/b\" value=\"x\"" },
        { """ "type": "array", "title": "T", "items": { "type": "object", "properties": { "b": { "type": "string", "title": "B" } } } """, """{"a":[{"b":"x"}]}""", "value=\"remove:/a/0\"" },
        { """ "type": "string", "title": "T", "x-options": { "source": "countries" } """, """{"a":"de"}""", "<option value=\"de\" selected>Germany</option>" },
        { """ "type": "string", "title": "T", "x-options": { "source": "countries" } """, "{}", "Loading the choices" },
        { """ "type": "string", "title": "T", "x-widget": "combobox", "x-options": { "source": "countries", "allowCustom": true } """, """{"a":"typed"}""", "value=\"typed\" list=\"field-a--choices\"" },
        { """ "type": "string", "title": "T", "x-widget": "combobox", "x-options": { "source": "countries" } """, "{}", "<select id=\"field-a\"" },
        { """ "type": "string", "title": "T", "x-options": { "source": "cities", "dependsOn": ["other"] } """, "{}", "Fill in Other first." },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_field_is_shown_as_its_annotations_ask(string declaration, string data, string expected)
    {
        var scene = FormPage.Scene(FormSamples.Form($$""" "properties": { "a": { {{declaration}} }, "other": { "type": "string", "title": "Other" } } """));

        Assert.Contains(expected, FormPage.Open(scene, data), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gallery_keeps_the_rules_of_the_dialect_and_shows_every_field_that_the_evaluator_shows()
    {
        Assert.Empty(FormLint.Check(FormPage.Gallery.Schema));
        const string Data = """{"report":"orders","window":{"open":false},"links":[{"kind":"named"},{}],"headers":[{}]}""";

        var page = FormPage.Open(FormPage.Scene(FormPage.Gallery), Data);

        Assert.Equal(FormPage.Gallery.Settle(System.Text.Json.JsonElement.Parse(Data)).Visible.Order(StringComparer.Ordinal), FieldsIn(page).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bounds_are_those_that_the_data_leaves()
    {
        var page = FormPage.Open(FormPage.Scene(FormPage.Gallery), """{"report":"orders"}""");

        Assert.Contains("From 5 to 60.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_is_text_everywhere()
    {
        var text = System.Text.Json.JsonSerializer.Serialize(Hostile);
        var form = FormSamples.Form($$"""
            "x-groups": [{ "id": "g", "title": {{text}}, "description": {{text}} }],
            "properties": {
              {{text}}: { "type": "string", "title": {{text}}, "description": {{text}}, "x-placeholder": {{text}}, "x-help": {{text}}, "x-unit": {{text}}, "examples": [{{text}}], "x-group": "g" },
              "menu": { "type": "string", "title": {{text}}, "oneOf": [{ "const": {{text}}, "title": {{text}}, "description": {{text}} }] },
              "many": { "type": "array", "title": {{text}}, "items": { "type": "string", "enum": [{{text}}] } },
              "long": { "type": "string", "title": {{text}}, "x-widget": "textarea" },
              "live": { "type": "string", "title": {{text}}, "x-options": { "source": {{text}} } },
              "rows": { "type": "array", "title": {{text}}, "items": { "type": "object", "properties": { {{text}}: { "type": "string", "title": {{text}} } } } }
            }
            """);

        var page = FormPage.Open(FormPage.Scene(form), $$"""{ {{text}}: {{text}}, "menu": {{text}}, "many": [{{text}}], "long": {{text}}, "live": {{text}}, "rows": [{}] }""");

        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(7, FieldsIn(page).Count);
    }

    [Fact]
    public async Task A_secret_is_never_sent_back_and_a_stored_one_may_be_left_empty()
    {
        var scene = FormPage.Scene(FormPage.Gallery) with { StoredSecrets = new HashSet<string> { "/password" } };
        var post = FormPage.Post(scene, ("/password", "hunter2hunter2"), ("/name", ""));

        var page = await FormPage.AfterAsync(scene, post, new FormError("/name", "required", "Give it a name."));

        Assert.Equal("hunter2hunter2", post.Settled.Data.GetProperty("password").GetString());
        Assert.DoesNotContain("hunter2", page, StringComparison.Ordinal);
        Assert.Contains("A value is stored. Leave empty to keep it.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", FormPage.Open(scene, """{"password":"hunter2hunter2"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_stands_at_its_field_and_in_the_summary_that_leads_there()
    {
        var scene = FormPage.Scene(FormPage.Gallery);

        var page = await FormPage.AfterAsync(scene, FormPage.Post(scene, ("/domains", "a b")), new FormError("/domains/0", "pattern", "Wrong."), new FormError("", "schema", "All wrong."));

        Assert.Contains("<a href=\"#field-domains\">Wrong.</a>", page, StringComparison.Ordinal);
        Assert.Contains("<li>All wrong.</li>", page, StringComparison.Ordinal);
        Assert.Contains("aria-describedby=\"field-domains-hint field-domains-error\" aria-invalid=\"true\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_added_and_removed_by_buttons()
    {
        var scene = FormPage.Scene(FormPage.Gallery);
        (string, string)[] rows = [("/links", ""), ("/links/0/url", "a"), ("/links/0/kind", "plain"), ("/links/1/url", "b"), ("/links/1/kind", "named")];

        var added = FormPage.Post(scene, [.. rows, ("form_action", "add:/links")]);
        var removed = FormPage.Post(scene, [.. rows, ("form_action", "remove:/links/0")]);
        var none = FormPage.Post(scene, [.. rows, ("form_action", "remove:/nowhere/7")]);

        Assert.False(added.IsSubmit);
        FormSamples.SameJson("""[{"url":"a","kind":"plain"},{"url":"b","kind":"named"},{"kind":"plain"}]""", added.Settled.Data.GetProperty("links"));
        FormSamples.SameJson("""[{"url":"b","kind":"named"}]""", removed.Settled.Data.GetProperty("links"));
        Assert.Equal(2, none.Settled.Data.GetProperty("links").GetArrayLength());
    }

    [Fact]
    public void Several_entries_are_chosen_at_once_or_pasted_by_title_or_value()
    {
        var scene = FormPage.Scene(FormPage.Gallery);

        var all = FormPage.Post(scene, ("/weekdays", ""), ("form_action", "all:/weekdays"));
        var pasted = FormPage.Post(scene, ("/weekdays", ""), ("/weekdays", "mon"), ("form_paste:/weekdays", "tuesday\r\nmon\n\nsometime"));

        Assert.Equal(7, all.Settled.Data.GetProperty("weekdays").GetArrayLength());
        FormSamples.SameJson("""["mon","tue","sometime"]""", pasted.Settled.Data.GetProperty("weekdays"));
        Assert.True(pasted.IsSubmit);
    }

    [Theory]
    [InlineData("""{ "type": "integer", "title": "A", "default": 7 }""", "[]", true)]
    [InlineData("""{ "type": "integer", "title": "A", "default": 7 }""", """["a"]""", false)]
    [InlineData("""{ "type": "integer", "title": "A" }""", "[]", false)]
    public void An_optional_field_says_what_holds_when_it_is_left_empty(string declaration, string required, bool isSaid)
    {
        var scene = FormPage.Scene(Form.Parse(FormSamples.Schema($$"""
            "properties": { "a": {{declaration}} }, "required": {{required}}
            """)));

        Assert.Equal(isSaid, FormPage.Open(scene, "{}").Contains("Left empty, it is 7.", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_emptied_stays_empty_and_what_is_new_has_its_default()
    {
        var scene = FormPage.Scene(FormPage.Gallery);

        var post = FormPage.Post(scene, ("/interval", ""), ("form_action", "settle"));

        Assert.False(post.Settled.Data.TryGetProperty("interval", out _));
        Assert.Equal(100, post.Settled.Data.GetProperty("page_size").GetInt32());
    }

    [Fact]
    public async Task A_live_menu_is_loaded_when_it_is_asked_for_and_answers_with_its_own_field()
    {
        var scene = FormPage.Scene(FormPage.Gallery);
        var post = FormPage.Post(scene, ("/country", "fr"), ("/city", ""), ("form_action", "menu:/city"));

        var view = await FormPresenter.AfterAsync(scene, post, [], TestContext.Current.CancellationToken);

        var city = Assert.IsType<FieldView>(view.Fragment.Model);
        Assert.Equal(["Lyon", "Paris"], city.Options.Select(option => option.Title));
        Assert.Equal("ready", city.Menu!.State);
    }

    [Theory]
    [InlineData("nothing", "empty", "offers nothing")]
    [InlineData("broken", "failed", "could not be loaded")]
    public async Task A_menu_without_choices_says_why(string name, string state, string message)
    {
        var scene = FormPage.Scene(FormPage.Gallery);

        var view = await FormPresenter.AfterAsync(scene, FormPage.Post(scene, ("form_action", $"menu:/{name}")), [], TestContext.Current.CancellationToken);

        Assert.Equal(state, view.Asked!.Menu!.State);
        Assert.Contains(message, view.Asked.Menu.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_narrows_the_menu_and_keeps_what_was_chosen()
    {
        var scene = FormPage.Scene(FormPage.Gallery);
        var post = FormPage.Post(scene, ("/campaign", "campaigns-7"), ("form_search:/campaign", "19"), ("form_action", "search:/campaign"));

        var view = await FormPresenter.AfterAsync(scene, post, [], TestContext.Current.CancellationToken);

        Assert.Equal("campaigns 7", Assert.Single(view.Asked!.Options, option => option.IsChosen).Title);
        Assert.Equal(13, view.Asked.Options.Count);
    }

    [Fact]
    public void A_value_that_is_not_in_the_menu_can_be_typed_where_the_form_allows_it() =>
        Assert.Equal("mine", FormPage.Post(FormPage.Scene(FormPage.Gallery), ("/campaign", ""), ("form_custom:/campaign", "mine")).Settled.Data.GetProperty("campaign").GetString());

    private static IReadOnlyList<string> FieldsIn(string page) => [.. FieldName().Matches(page).Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value))];

    [GeneratedRegex("data-field=\"([^\"]*)\"")]
    private static partial Regex FieldName();
}
