using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Host.Certification;

/// <summary>Fills in forms at random: mostly as a person would, sometimes wrongly.</summary>
internal sealed class FormGenerator(Random random)
{
    private static readonly string[] Texts = ["", "a", "2026-03-29", "2026-10-25T02:30:00Z", "https://bit.ly/abc", "Grüße 👋", "null", "0", new('x', 300)];

    public JsonElement Next(Form form) => JsonSerializer.SerializeToElement(Object(form.Scope));

    private JsonObject Object(Scope scope)
    {
        var data = new JsonObject();
        foreach (var (name, sites) in scope.Sites)
        {
            if (random.Next(4) == 0)
            {
                continue;
            }

            var field = sites[random.Next(sites.Count)].Field;
            data[name] = scope.Children.TryGetValue(name, out var child) && child.Sites.Count > 0 && random.Next(10) > 0 ? Nested(field, child) : Value(field);
        }

        return data;
    }

    private JsonNode Nested(Field field, Scope child) => field.Type == FieldType.Array
        ? new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => (JsonNode)Object(child))])
        : Object(child);

    private JsonNode? Value(Field field)
    {
        if (random.Next(20) == 0)
        {
            return random.Next(4) switch { 0 => null, 1 => Texts[random.Next(Texts.Length)], 2 => random.Next(-5, 5), _ => new JsonObject() };
        }

        if (field.Choices is { Count: > 0 } choices)
        {
            var choice = JsonNode.Parse(choices[random.Next(choices.Count)].Value.GetRawText());
            return field.Type == FieldType.Array ? new JsonArray(choice) : choice;
        }

        return field.Type switch
        {
            FieldType.Integer => Number(field),
            FieldType.Number => Number(field) + (random.Next(2) / 2m),
            FieldType.Boolean => random.Next(2) == 0,
            FieldType.Array => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(number => (JsonNode)$"entry{number}")]),
            FieldType.Object => new JsonObject(),
            _ => Text(field),
        };
    }

    private string Text(Field field)
    {
        var now = new DateOnly(2026, 1, 1).AddDays(random.Next(700));
        return (field.Schema.TryGetProperty("format", out var format) ? format.GetString() : null) switch
        {
            "date" => now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "date-time" => now.ToString("yyyy-MM-dd'T00:00:00Z'", CultureInfo.InvariantCulture),
            "uri" => "https://example.com/a",
            _ => Texts[random.Next(Texts.Length)],
        };
    }

    private decimal Number(Field field)
    {
        var least = field.Schema.TryGetProperty("minimum", out var minimum) ? minimum.GetDecimal() : -3;
        var most = field.Schema.TryGetProperty("maximum", out var maximum) ? maximum.GetDecimal() : least + 100;
        return random.Next(10) switch
        {
            0 => least - 1,
            1 => most + 1,
            2 => most,
            3 => least,
            _ => least + Math.Floor((most - least) * (decimal)random.NextDouble()),
        };
    }
}
