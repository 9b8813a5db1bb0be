using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;

namespace ConnectorPlatform.Tests.Forms;

public sealed class HostileSchemaTests
{
    [Theory]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""", "/allOf/0/$ref")]
    [InlineData("""{"definitions":{"a":{"$ref":"#/definitions/a"}},"allOf":[{"$ref":"#/definitions/a"}]}""", "/definitions/a/$ref")]
    [InlineData("""{"definitions":{"n":{"type":"object","title":"N","properties":{"n":{"$ref":"#/definitions/n"}}}},"properties":{"n":{"$ref":"#/definitions/n"}}}""", "/definitions/n/properties/n/$ref")]
    [InlineData("""{"allOf":[{"$ref":"#/definitions/none"}]}""", "/allOf/0/$ref")]
    [InlineData("""{"allOf":[{"$ref":"https://example.com/x"}]}""", "/allOf/0/$ref")]
    [InlineData("""{"properties":[]}""", "/properties")]
    [InlineData("""{"required":"a"}""", "/required")]
    [InlineData("""{"allOf":{}}""", "/allOf")]
    [InlineData("""{"if":1}""", "/if")]
    [InlineData("""{"if":{"properties":{"a":{"pattern":"("}}}}""", "/if/properties/a/pattern")]
    [InlineData("[]", "")]
    public void A_schema_of_which_no_form_can_be_made_is_refused_with_its_place(string schema, string place)
    {
        var exception = Assert.Throws<FormSchemaException>(() => Form.Parse(JsonElement.Parse(schema)));

        Assert.Equal(place, exception.Pointer);
        Assert.NotEmpty(FormLint.Check(JsonElement.Parse(schema)));
    }

    [Fact]
    public void Definitions_that_multiply_are_refused_before_they_fill_the_memory()
    {
        var definitions = string.Join(",", Enumerable.Range(0, 40).Select(i => $$""" "d{{i}}": { "allOf": [{ "$ref": "#/definitions/d{{i + 1}}" }, { "$ref": "#/definitions/d{{i + 1}}" }] } """));
        var schema = JsonElement.Parse($$"""{ "definitions": { {{definitions}}, "d40": {} }, "allOf": [{ "$ref": "#/definitions/d0" }] }""");

        Assert.Contains("too large", Assert.Throws<FormSchemaException>(() => Form.Parse(schema)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        var text = string.Concat(Enumerable.Repeat("""{"allOf":[""", 300)) + "{}" + string.Concat(Enumerable.Repeat("]}", 300));
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });

        Assert.Throws<FormSchemaException>(() => Form.Parse(document.RootElement));
    }

    [Fact]
    public void A_huge_menu_is_just_a_menu()
    {
        var values = string.Join(",", Enumerable.Range(0, 20_000));
        var schema = FormSamples.Schema($$"""
            "properties": { "a": { "type": "integer", "title": "A", "enum": [{{values}}] } },
            "allOf": [{ "if": { "required": ["a"], "properties": { "a": { "const": 19999 } } }, "then": { "properties": { "b": { "type": "string", "title": "B" } } } }]
            """);

        Assert.Empty(FormLint.Check(schema));
        Assert.Equal(["/a", "/b"], Form.Parse(schema).Settle("""{"a":19999}""").Visible);
    }

    [Fact]
    public void More_conditions_than_can_be_checked_are_a_problem_of_their_own()
    {
        var conditions = string.Join(",", Enumerable.Range(0, 3_000).Select(i =>
            $$"""{ "if": { "required": ["a"], "properties": { "a": { "const": {{i}} } } }, "then": { "properties": { "b": { "minLength": 1 } } } }"""));
        var schema = FormSamples.Schema($$"""
            "properties": { "a": { "type": "integer", "title": "A" }, "b": { "type": "string", "title": "B" } }, "allOf": [{{conditions}}]
            """);

        Assert.Contains("3000 conditions", Assert.Single(FormLint.Check(schema)).Message, StringComparison.Ordinal);
        Assert.Equal(["/a", "/b"], Form.Parse(schema).Settle("{}").Visible);
    }
}
