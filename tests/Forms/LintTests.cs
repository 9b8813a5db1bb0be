using System.Text.Json;
using ConnectorPlatform.Host.Forms.Lint;

namespace ConnectorPlatform.Tests.Forms;

public sealed class LintTests
{
    private const string Menu = """ "properties": { "a": { "type": "string", "title": "A", "enum": ["x", "y"] } } """;

    private const string Field = """ { "type": "string", "title": "T" } """;

    /// <summary>Rule, the pointer that is told, a bad form, its good twin.</summary>
    public static TheoryData<string, string, string, string> Twins => new()
    {
        { "L1", "/allOf/0/if", WithIf("""{ "properties": { "a": { "const": "x" } } }"""), WithIf("""{ "required": ["a"], "properties": { "a": { "const": "x" } } }""") },
        { "L1", "/allOf/0/if/not", WithIf("""{ "not": { "required": ["a"], "properties": { "a": { "const": "x" } } } }"""), WithIf("""{ "required": ["a"], "not": { "properties": { "a": { "const": "x" } } } }""") },
        { "L1", "/allOf/0/if/not", WithIf("""{ "not": { "required": ["a"] } }"""), WithIf("""{ "required": ["a"] }""") },
        { "L1", "/allOf/0/if/anyOf/1", WithIf("""{ "anyOf": [{ "required": ["a"] }, { "properties": { "a": { "const": "x" } } }] }"""), WithIf("""{ "allOf": [{ "required": ["a"] }, { "properties": { "a": { "const": "x" } } }] }""") },
        { "L3", "/allOf/1/if", Chain(nested: false), Chain(nested: true) },
        { "L4", "/allOf/1/then/properties/b", Twice("x", "x"), Twice("x", "y") },
        { "L4", "/allOf/0/then/properties/a", $$"""{{Menu}}, "allOf": [{{If("x", """ "a": { "type": "string", "title": "A" } """)}}]""", $$"""{{Menu}}, "allOf": [{{If("x", """ "a": { "minLength": 1 } """)}}]""" },
        { "L5", "/allOf/1/then/properties/b", Twice("x", "y", "integer"), Twice("x", "y", "string") },
        { "L5", "/properties/b/minimum", """ "properties": { "b": { "type": "string", "title": "B", "minimum": 1 } } """, """ "properties": { "b": { "type": "string", "title": "B", "minLength": 1 } } """ },
        { "L6", "/additionalProperties", """ "additionalProperties": false """, """ "properties": {} """ },
        { "L6", "/allOf/0/then/oneOf", $$"""{{Menu}}, "allOf": [{ "if": { "required": ["a"] }, "then": { "oneOf": [] } }]""", $$"""{{Menu}}, "allOf": [{ "if": { "required": ["a"] }, "then": { "required": ["a"] } }]""" },
        { "L6", "/allOf/0", """ "allOf": [true] """, """ "allOf": [{ "properties": {} }] """ },
        { "L6", "/allOf/0/if/properties/a/format", WithIf("""{ "required": ["a"], "properties": { "a": { "format": "date" } } }"""), WithIf("""{ "required": ["a"], "properties": { "a": { "minLength": 1 } } }""") },
        { "L6", "/properties/b/oneOf/0", """ "properties": { "b": { "type": "string", "title": "B", "oneOf": [{ "const": "x", "title": "X", "properties": {} }] } } """, """ "properties": { "b": { "type": "string", "title": "B", "oneOf": [{ "const": "x", "title": "X" }] } } """ },
        { "L6", "/properties/b/title", """ "definitions": { "d": { "type": "string", "title": "B" } }, "properties": { "b": { "$ref": "#/definitions/d", "title": "C" } } """, """ "definitions": { "d": { "type": "string", "title": "B" } }, "properties": { "b": { "$ref": "#/definitions/d" } } """ },
        { "L7", "/properties/b", """ "properties": { "b": { "type": "string" } } """, $$""" "properties": { "b": {{Field}} } """ },
        { "L7", "/properties/b", """ "properties": { "b": { "title": "B", "type": ["string", "null"] } } """, $$""" "properties": { "b": {{Field}} } """ },
        { "L7", "/properties/b", """ "properties": { "b": { "maxLength": 3 } } """, """ "properties": { "b": { "title": "B", "type": "string", "maxLength": 3 } } """ },
        { "L7", "/properties/b", """ "properties": { "b": { "title": "B", "type": "array" } } """, """ "properties": { "b": { "title": "B", "type": "array", "items": { "type": "string" } } } """ },
        { "L8", "/properties/b/default", """ "properties": { "b": { "title": "B", "type": "integer", "maximum": 5, "default": 6 } } """, """ "properties": { "b": { "title": "B", "type": "integer", "maximum": 5, "default": 5 } } """ },
        { "L8", "/properties/b/default", """ "properties": { "b": { "title": "B", "type": "string", "oneOf": [{ "const": "x", "title": "X" }], "default": "z" } } """, """ "properties": { "b": { "title": "B", "type": "string", "oneOf": [{ "const": "x", "title": "X" }], "default": "x" } } """ },
        { "L8", "/properties/b", """ "properties": { "b": { "title": "B", "type": "string", "enum": ["x", 1] } } """, """ "properties": { "b": { "title": "B", "type": "string", "enum": ["x", "1"] } } """ },
        { "L8", "/properties/b", """ "properties": { "b": { "title": "B", "type": "string", "enum": ["x", "x"] } } """, """ "properties": { "b": { "title": "B", "type": "string", "enum": ["x", "y"] } } """ },
        { "L8", "/properties/b/items", """ "properties": { "b": { "title": "B", "type": "array", "items": { "type": "integer", "enum": ["x"] } } } """, """ "properties": { "b": { "title": "B", "type": "array", "items": { "type": "integer", "enum": [1] } } } """ },
        { "L9", "/properties/b/x-visible-if", Annotated(""" "x-visible-if": "a" """), Annotated(""" "x-advanced": true """) },
        { "L9", "/properties/b/x-widget", Annotated(""" "x-widget": "slider" """), Annotated(""" "x-widget": "textarea" """) },
        { "L9", "/properties/b/x-order", Annotated(""" "x-order": "first" """), Annotated(""" "x-order": 1 """) },
        { "L9", "/properties/b/x-group", Annotated(""" "x-group": "g" """), $$""" "x-groups": [{ "id": "g", "title": "G" }], {{Annotated(""" "x-group": "g" """)}} """ },
        { "L9", "/properties/b/x-docs", Annotated(""" "x-docs": "http://example.com" """), Annotated(""" "x-docs": "https://example.com" """) },
        { "L9", "/properties/b/x-messages", Annotated(""" "x-messages": { "requried": "!" } """), Annotated(""" "x-messages": { "required": "!" } """) },
        { "L9", "/properties/b/x-pane", Annotated(""" "x-pane": "details" """), Annotated(""" "x-unit": "days" """) },
        { "L9", "/x-groups", """ "x-groups": [{ "id": "g", "title": "G" }, { "id": "g", "title": "H" }] """, """ "x-groups": [{ "id": "g", "title": "G" }] """ },
        { "L9", "/x-oauth2", """ "x-oauth2": { "authorizationUrl": "http://x.example/a", "tokenUrl": "https://x.example/t", "scopes": [] } """, """ "x-oauth2": { "authorizationUrl": "https://x.example/a", "tokenUrl": "https://x.example/t", "scopes": [], "pkce": true } """ },
        { "L10", "/properties/api_key", """ "properties": { "api_key": { "type": "string", "title": "Key" } } """, Secret("") },
        { "L10", "/properties/clientSecret", """ "properties": { "clientSecret": { "type": "string", "title": "Key" } } """, """ "properties": { "token_url": { "type": "string", "title": "Address" }, "key_columns": { "type": "string", "title": "Keys" }, "monkey": { "type": "string", "title": "Ape" } } """ },
        { "L10", "/properties/api_key/default", Secret(""", "default": "x" """), Secret("") },
        { "L10", "/properties/api_key", """ "properties": { "api_key": { "type": "string", "title": "Key", "x-secret": true } } """, Secret("") },
        { "L11", "/properties/b/x-options", Annotated(""" "x-options": { "search": true } """), Annotated(""" "x-options": { "source": "s", "search": true } """) },
        { "L11", "/properties/b/x-options/cacheSeconds", Annotated(""" "x-options": { "source": "s", "cacheSeconds": "1" } """), Annotated(""" "x-options": { "source": "s", "cacheSeconds": 1 } """) },
        { "L11", "/properties/b/x-options/dependsOn", Annotated(""" "x-options": { "source": "s", "dependsOn": ["q"] } """), $$""" "properties": { "q": {{Field}}, "b": { "type": "string", "title": "B", "x-options": { "source": "s", "dependsOn": ["q"] } } } """ },
        { "L11", "/properties/b/enum", Annotated(""" "enum": ["x"], "x-options": { "source": "s" } """), Annotated(""" "x-options": { "source": "s" } """) },
        { "L12", "/allOf/0/then/properties/b/default", Chain(nested: true, """, "default": "p" """), Chain(nested: true, """, "default": "q" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "^\\s$" """), Annotated(""" "pattern": "^[ \\t]$" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "^\\p{Letter}$" """), Annotated(""" "pattern": "^[A-Za-z]$" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "^\\u{1F600}$" """), Annotated(""" "pattern": "^\\\\u{1}$" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "abc" """), Annotated(""" "pattern": "^abc$" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "^a|b$" """), Annotated(""" "pattern": "^(a|b)$" """) },
        { "L13", "/properties/b/pattern", Annotated(""" "pattern": "^($" """), Annotated(""" "pattern": "^[(]$" """) },
        { "L13", "/properties/b/format", Annotated(""" "format": "uuid" """), Annotated(""" "format": "uri" """) },
        { "L14", "/allOf/0/if/properties/a", WithIf("""{ "required": ["a"], "properties": { "a": { "enum": ["x", "typo"] } } }"""), WithIf("""{ "required": ["a"], "properties": { "a": { "enum": ["x"] } } }""") },
        { "L14", "/allOf/0/if", WithIf("""{ "required": ["none"] }"""), WithIf("""{ "required": ["a"] }""") },
        { "L14", "/allOf/0/then/allOf/0/then", Within("y"), Within("x") },
        { "L14", "/allOf/0/else", WithElse("""["x", "y"]"""), WithElse("""["x"]""") },
    };

    [Theory]
    [MemberData(nameof(Twins), DisableDiscoveryEnumeration = true)]
    public void A_bad_form_breaks_exactly_its_rule_and_the_good_twin_none(string rule, string place, string bad, string good)
    {
        var problems = FormLint.Check(FormSamples.Schema(bad));

        Assert.Contains(problems, problem => problem.Pointer == place);
        Assert.All(problems, problem => Assert.Equal(rule, problem.Rule));
        Assert.Empty(FormLint.Check(FormSamples.Schema(good)));
    }

    [Theory]
    [InlineData("""{ "type": "string", "title": "Key", "x-secret": true, "writeOnly": true }""", "api_key")]
    [InlineData("""{ "type": "string", "title": "Key" }""", "api_key")]
    public void Details_hold_no_secrets(string field, string name)
    {
        var schema = FormSamples.Schema($$"""
            "properties": { "{{name}}": {{field}} }
            """).GetRawText().Replace("\"credentials\"", "\"details\"", StringComparison.Ordinal);

        Assert.Equal(("L10", $"/properties/{name}", true), FormLint.Check(JsonElement.Parse(schema)).Select(problem => (problem.Rule, problem.Pointer, problem.Message.Contains("to the credentials", StringComparison.Ordinal))).Single());
    }

    [Fact]
    public void A_header_that_lacks_everything_is_told_everything()
    {
        var problems = FormLint.Check(JsonElement.Parse("""{ "$id": "x" }"""));

        Assert.Equal(["/$schema", "/type", "/$id", "/x-dialect", "/x-pane"], problems.Where(problem => problem.Rule == "L2").Select(problem => problem.Pointer));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    public void What_is_no_object_is_no_form(string schema)
    {
        Assert.Equal("L6", Assert.Single(FormLint.Check(JsonElement.Parse(schema))).Rule);
    }

    [Fact]
    public void The_sample_form_is_clean()
    {
        Assert.Empty(FormLint.Check(FormSamples.Schema(FormSamples.Orders)));
    }

    [Theory]
    [InlineData("credentials")]
    [InlineData("details")]
    public void Bitlys_forms_are_clean(string pane)
    {
        Assert.Empty(FormLint.Check(FormSamples.Bitly(pane)));
    }

    private static string If(string value, string properties) =>
        $$"""{ "if": { "required": ["a"], "properties": { "a": { "const": "{{value}}" } } }, "then": { "properties": { {{properties}} } } }""";

    private static string WithIf(string condition) => $$"""{{Menu}}, "allOf": [{ "if": {{condition}}, "then": { "properties": { "t": {{Field}} } } }]""";

    private static string WithElse(string values) =>
        $$"""{{Menu}}, "allOf": [{ "if": { "required": ["a"], "properties": { "a": { "enum": {{values}} } } }, "then": { "properties": { "t": {{Field}} } }, "else": { "properties": { "u": {{Field}} } } }]""";

    private static string Within(string value) =>
        $$"""{{Menu}}, "allOf": [{ "if": { "required": ["a"], "properties": { "a": { "const": "x" } } }, "then": { "properties": { "t": {{Field}} }, "allOf": [{{If(value, $"\"u\": {Field}")}}] } }]""";

    private static string Twice(string first, string second, string type = "string") =>
        $$"""{{Menu}}, "allOf": [{{If(first, """ "b": { "type": "string", "title": "B" } """)}}, {{If(second, $$""" "b": { "type": "{{type}}", "title": "B" } """)}}]""";

    private static string Chain(bool nested, string annotation = "")
    {
        var dependent = $$"""{ "if": { "required": ["b"], "properties": { "b": { "const": "p" } } }, "then": { "properties": { "c": {{Field}} } } }""";
        var field = $$""" "properties": { "b": { "type": "string", "title": "B", "enum": ["p", "q"]{{annotation}} } } """;
        var controller = """ "if": { "required": ["a"], "properties": { "a": { "const": "x" } } } """;
        return nested
            ? $$"""{{Menu}}, "allOf": [{ {{controller}}, "then": { {{field}}, "allOf": [{{dependent}}] } }]"""
            : $$"""{{Menu}}, "allOf": [{ {{controller}}, "then": { {{field}} } }, {{dependent}}]""";
    }

    private static string Annotated(string members) => $$""" "properties": { "b": { "type": "string", "title": "B", {{members}} } } """;

    private static string Secret(string more) =>
        $$""" "properties": { "api_key": { "type": "string", "title": "Key", "writeOnly": true, "x-secret": true{{more}} } } """;
}
