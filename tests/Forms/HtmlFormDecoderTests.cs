using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Tests.Forms;

public sealed class HtmlFormDecoderTests
{
    private static readonly Form Controls = FormSamples.Form("""
        "properties": {
          "line": { "type": "string", "title": "Line" },
          "text": { "type": "string", "title": "Text", "x-widget": "textarea" },
          "count": { "type": "integer", "title": "Count" },
          "ratio": { "type": "number", "title": "Ratio" },
          "flag": { "type": "boolean", "title": "Flag" },
          "choice": { "type": "boolean", "title": "Choice", "x-widget": "radio" },
          "tags": { "type": "array", "title": "Tags", "items": { "type": "string" } },
          "numbers": { "type": "array", "title": "Numbers", "items": { "type": "integer" } }
        }
        """);

    [Theory]
    [InlineData("/line", "  a\r\nb ", """{"line":"ab"}""")]
    [InlineData("/line", "   ", "{}")]
    [InlineData("/text", "a\r\nb\r\n", """{"text":"a\nb"}""")]
    [InlineData("/count", " -7 ", """{"count":-7}""")]
    [InlineData("/count", "1,5", """{"count":"1,5"}""")]
    [InlineData("/count", "1.5", """{"count":"1.5"}""")]
    [InlineData("/ratio", "1.5", """{"ratio":1.5}""")]
    [InlineData("/ratio", "1,5", """{"ratio":"1,5"}""")]
    [InlineData("/flag", "", """{"flag":false}""")]
    [InlineData("/flag", "|true", """{"flag":true}""")]
    [InlineData("/flag", "maybe", """{"flag":"maybe"}""")]
    [InlineData("/choice", "", "{}")]
    [InlineData("/choice", "false", """{"choice":false}""")]
    [InlineData("/tags", "|a|b", """{"tags":["a","b"]}""")]
    [InlineData("/tags", "a\r\n\r\n b", """{"tags":["a","b"]}""")]
    [InlineData("/tags", "", "{}")]
    [InlineData("/numbers", "1|x", """{"numbers":[1,"x"]}""")]
    [InlineData("/unknown", "1", "{}")]
    public void A_control_becomes_a_value_or_stays_as_typed(string name, string values, string expected)
    {
        FormSamples.SameJson(expected, HtmlFormDecoder.Decode(Controls, values.Split('|').Select(value => KeyValuePair.Create(name, value))));
    }

    [Fact]
    public void Groups_are_read_by_path_and_items_in_the_order_of_their_index()
    {
        var data = HtmlFormDecoder.Decode(FormSamples.Form(FormSamples.Orders),
        [
            new("/report", "orders"), new("/window/start", "2024-05-31"), new("/window/open", ""), new("/window/open", "true"),
            new("/links/10/url", "b"), new("/links/2/url", "a"), new("/links/2/kind", ""), new("/links/x/url", "?"),
        ]);

        FormSamples.SameJson("""{"report":"orders","window":{"start":"2024-05-31","open":true},"links":[{"url":"a"},{"url":"b"}]}""", data);
    }
}
