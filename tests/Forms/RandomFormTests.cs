using System.Text.Json;
using System.Text.Json.Nodes;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Lint;
using CsCheck;

namespace ConnectorPlatform.Tests.Forms;

/// <summary>Random clean forms and random data, against the dialect's own words for settling, written down naively.</summary>
public sealed class RandomFormTests
{
    private static readonly string[] Values = ["x", "y", "z"];

    [Fact]
    public void Random_forms_are_clean_and_settle_as_the_dialect_says() =>
        Gen.Int[0, int.MaxValue - 1].Sample(
            seed =>
            {
                var author = new Author(seed);
                var schema = JsonSerializer.SerializeToElement(author.Form());
                var form = Form.Parse(schema);
                var data = author.Data();

                var settled = form.Settle(JsonSerializer.SerializeToElement(data));

                Assert.Empty(FormLint.Check(schema));
                var (visible, expected) = Naively(schema, data);
                FormSamples.SameJson(expected.ToJsonString(), settled.Data);
                Assert.Equal(visible.Select(name => "/" + name), settled.Visible);
                Assert.Equal(author.Names.Except(visible).Select(name => "/" + name).Order(StringComparer.Ordinal), settled.Hidden.Keys.Order(StringComparer.Ordinal));
                Assert.True(settled.IsAtRest);
                FormSamples.SameJson(settled.Data.GetRawText(), form.Settle(settled.Data).Data);
            },
            iter: 100);

    private static (List<string> Visible, JsonObject Data) Naively(JsonElement schema, JsonObject given)
    {
        var data = given.DeepClone().AsObject();
        while (true)
        {
            var before = data.ToJsonString();
            var fields = Walk(schema, data).ToList();
            foreach (var name in data.Select(member => member.Key).Except(fields.Select(field => field.Name)).ToList())
            {
                data.Remove(name);
            }

            foreach (var field in fields.Where(field => !data.ContainsKey(field.Name) && field.Value.Has("default")))
            {
                data[field.Name] = JsonNode.Parse(field.Value.Member("default")!.Value.GetRawText());
            }

            if (data.ToJsonString() == before)
            {
                return ([.. fields.Select(field => field.Name)], data);
            }
        }
    }

    private static IEnumerable<JsonProperty> Walk(JsonElement schema, JsonObject data)
    {
        var own = schema.Member("properties") is { } properties ? properties.EnumerateObject() : default(IEnumerable<JsonProperty>) ?? [];
        var always = schema.Items("allOf").SelectMany(member => Walk(member, data));
        var chosen = schema.Member("if") is { } condition ? schema.Member(Holds(condition, data) ? "then" : "else") : null;
        return [.. own, .. always, .. chosen is { } branch ? Walk(branch, data) : []];
    }

    private static bool Holds(JsonElement condition, JsonObject data) =>
        condition.Texts("required").All(data.ContainsKey)
        && condition.Member("properties")!.Value.EnumerateObject().All(test =>
            !data.ContainsKey(test.Name) || test.Value.Items("enum").Any(value => JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), data[test.Name])));

    private sealed class Author(int seed)
    {
        private readonly Random _random = new(seed);

        public List<string> Names { get; } = [];

        public JsonObject Form()
        {
            var form = JsonNode.Parse($$"""{ {{FormSamples.Header}} }""")!.AsObject();
            foreach (var (keyword, value) in Branch(depth: 3))
            {
                form[keyword] = value?.DeepClone();
            }

            return form;
        }

        public JsonObject Data()
        {
            var data = new JsonObject();
            foreach (var name in Names.Append("unknown").OrderBy(_ => _random.Next()).Where(_ => _random.Next(3) > 0))
            {
                data[name] = _random.Next(6) switch { 0 => 1, 1 => true, 2 => null, _ => Values[_random.Next(3)] };
            }

            return data;
        }

        private JsonObject Branch(int depth)
        {
            var (properties, conditions) = (new JsonObject(), new JsonArray());
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                var name = $"f{Names.Count}";
                Names.Add(name);
                var isController = depth > 0 && _random.Next(2) == 0;
                properties[name] = isController ? Menu(name) : Plain(name);
                if (isController)
                {
                    foreach (var values in Values.OrderBy(_ => _random.Next()).Take(2))
                    {
                        conditions.Add(Condition(name, values, depth));
                    }
                }
            }

            return conditions.Count == 0 ? new JsonObject { ["properties"] = properties } : new JsonObject { ["properties"] = properties, ["allOf"] = conditions };
        }

        private JsonObject Condition(string name, string value, int depth)
        {
            var condition = new JsonObject
            {
                ["if"] = JsonNode.Parse($$"""{ "required": ["{{name}}"], "properties": { "{{name}}": { "enum": ["{{value}}"] } } }"""),
                ["then"] = Branch(depth - 1),
            };
            if (_random.Next(4) == 0)
            {
                condition["else"] = Branch(depth - 1);
            }

            return condition;
        }

        private static JsonNode? Menu(string name) => JsonNode.Parse($$"""{ "type": "string", "title": "{{name}}", "enum": ["x", "y", "z"] }""");

        private JsonNode? Plain(string name) => JsonNode.Parse(
            _random.Next(2) == 0 ? $$"""{ "type": "string", "title": "{{name}}", "default": "usual" }""" : $$"""{ "type": "integer", "title": "{{name}}" }""");
    }
}
