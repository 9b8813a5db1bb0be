using System.Text.Json;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Forms;

public sealed class MetaSchemaTests
{
    [Fact]
    public void Good_forms_meet_the_meta_schema_and_the_usual_mistakes_do_not()
    {
        var meta = JsonElement.Parse(File.ReadAllText(Repository.PathOf("schemas", "connector-form-1.schema.json")));
        (JsonElement Form, bool IsGood)[] cases =
        [
            (FormSamples.Bitly("credentials"), true),
            (FormSamples.Bitly("details"), true),
            (FormSamples.Schema(FormSamples.Orders), true),
            (FormSamples.Schema(""" "properties": {} """), true),
            (JsonElement.Parse("{}"), false),
            (JsonElement.Parse("[]"), false),
            (FormSamples.Schema(""" "additionalProperties": false """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": ["string", "null"], "title": "A" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string", "title": "A", "x-visible-if": "b" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string", "title": "A", "x-widget": "slider" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string", "title": "A", "pattern": "^\\s$" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string", "title": "A", "x-secret": true } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "array", "title": "A" } } """), false),
            (FormSamples.Schema(""" "properties": { "a": { "type": "string", "title": "A", "enum": ["x"], "x-options": { "source": "s" } } } """), false),
            (FormSamples.Schema(""" "allOf": [{ "then": { "properties": {} } }] """), false),
            (FormSamples.Schema(""" "allOf": [{ "if": { "properties": { "a": { "format": "date" } } }, "then": {} }] """), false),
            (FormSamples.Schema(""" "oneOf": [{ "properties": {} }] """), false),
        ];
        using var quota = new ValidationQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance);

        var violations = new SchemaLibrary(quota).Validate([.. cases.Select(entry => new SchemaDocument(meta, "meta", entry.Form))]);

        Assert.All(cases.Zip(violations), pair => Assert.True(
            pair.First.IsGood == (pair.Second.Count == 0), $"{pair.First.Form.GetRawText()}: {string.Join("; ", pair.Second)}"));
    }
}
