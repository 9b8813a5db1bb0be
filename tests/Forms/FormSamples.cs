using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Forms;

internal static class FormSamples
{
    public const string Header = """
        "$schema": "http://json-schema.org/draft-07/schema#", "x-dialect": "connector-form/1", "x-pane": "credentials", "type": "object"
        """;

    /// <summary>A reports form with a chain, a fieldset and a repeated group.</summary>
    public const string Orders = """
        "required": ["report"],
        "properties": {
          "report": { "type": "string", "title": "Report", "oneOf": [{ "const": "orders", "title": "Orders" }, { "const": "stock", "title": "Stock" }] }
        },
        "allOf": [
          {
            "if": { "required": ["report"], "properties": { "report": { "const": "orders" } } },
            "then": {
              "required": ["method"],
              "properties": {
                "method": { "type": "string", "title": "Method", "enum": ["date", "number"] },
                "window": {
                  "type": "object", "title": "Window", "required": ["start"],
                  "properties": {
                    "start": { "type": "string", "title": "Start", "format": "date" },
                    "open": { "type": "boolean", "title": "Open-ended", "default": true }
                  },
                  "allOf": [{
                    "if": { "required": ["open"], "properties": { "open": { "const": false } } },
                    "then": { "required": ["end"], "properties": { "end": { "type": "string", "title": "End" } } }
                  }]
                },
                "links": {
                  "type": "array", "title": "Links",
                  "items": {
                    "type": "object", "required": ["url"],
                    "properties": {
                      "url": { "type": "string", "title": "Address" },
                      "kind": { "type": "string", "title": "Kind", "enum": ["plain", "named"], "default": "plain" }
                    },
                    "allOf": [{
                      "if": { "required": ["kind"], "properties": { "kind": { "const": "named" } } },
                      "then": { "required": ["label"], "properties": { "label": { "type": "string", "title": "Label" } } }
                    }]
                  }
                }
              },
              "allOf": [{
                "if": { "required": ["method"], "properties": { "method": { "const": "number" } } },
                "then": { "required": ["first"], "properties": { "first": { "type": "integer", "title": "First Number", "minimum": 1 } } }
              }]
            }
          }
        ]
        """;

    /// <summary>A form with the dialect's header and the members given.</summary>
    public static Form Form(string members) => Host.Forms.Form.Parse(Schema(members));

    public static JsonElement Schema(string members) => JsonElement.Parse($$"""{ {{Header}}, {{members}} }""");

    public static JsonElement Bitly(string pane) =>
        JsonElement.Parse(File.ReadAllText(Repository.PathOf("connectors", "bitly", $"{pane}.json")));

    public static FormValidator Validator() => new(new ValidationQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance));

    public static Settled Settle(this Form form, string data, params string[] previouslyVisible) =>
        form.Settle(JsonElement.Parse(data), previouslyVisible.Length == 0 ? null : previouslyVisible.ToHashSet());

    public static void SameJson(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), $"Expected {expected} but found {actual.GetRawText()}");
}
