using System.Text.Json;
using ConnectorPlatform.Host.Forms;

namespace ConnectorPlatform.Tests.Forms;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("""{"const":1}""", "1.0", true)]
    [InlineData("""{"const":"1"}""", "1", false)]
    [InlineData("""{"const":{"a":[1,2]}}""", """{"a":[1.0,2]}""", true)]
    [InlineData("""{"enum":["a",null]}""", "null", true)]
    [InlineData("""{"enum":["a"]}""", "\"b\"", false)]
    [InlineData("""{"not":{"const":0}}""", "0", false)]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1.5", false)]
    [InlineData("""{"type":"integer"}""", "\"1\"", false)]
    [InlineData("""{"type":"number"}""", "1e300", true)]
    [InlineData("""{"minimum":3}""", "3", true)]
    [InlineData("""{"minimum":3}""", "2.999999999999999999", false)]
    [InlineData("""{"exclusiveMinimum":3}""", "3", false)]
    [InlineData("""{"maximum":3}""", "3.1", false)]
    [InlineData("""{"exclusiveMaximum":1e300}""", "1e299", true)]
    [InlineData("""{"minimum":3}""", "\"x\"", true)]
    [InlineData("""{"minLength":2}""", "\"\\ud83d\\ude00\"", false)]
    [InlineData("""{"maxLength":1}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"minItems":1}""", "[]", false)]
    [InlineData("""{"maxItems":1}""", "[1,2]", false)]
    [InlineData("""{"contains":{"const":"b"}}""", """["a","b"]""", true)]
    [InlineData("""{"contains":{"const":"b"}}""", """["a"]""", false)]
    [InlineData("""{"contains":{"const":"b"}}""", "\"a\"", true)]
    [InlineData("""{"pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"pattern":"^b"}""", "\"abc\"", false)]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", false)]
    [InlineData("""{"pattern":"^\\d$"}""", "\"٣\"", false)]
    [InlineData("""{"pattern":"^[^\\d[-]$"}""", "\"-\"", false)]
    [InlineData("""{"properties":{"a":{"const":1}}}""", "{}", true)]
    [InlineData("""{"required":["a"],"properties":{"a":{"const":1}}}""", "{}", false)]
    [InlineData("""{"required":["a"]}""", "[]", true)]
    [InlineData("""{"anyOf":[{"required":["a"]},{"required":["b"]}]}""", """{"b":1}""", true)]
    [InlineData("""{"anyOf":[{"required":["a"]},{"required":["b"]}]}""", "{}", false)]
    [InlineData("""{"allOf":[{"required":["a"]},{"required":["b"]}]}""", """{"b":1}""", false)]
    [InlineData("""{"not":{"required":["a"]}}""", "{}", true)]
    [InlineData("true", "1", true)]
    [InlineData("false", "1", false)]
    public void A_condition_means_what_draft_07_says(string condition, string value, bool expected)
    {
        var test = new FormReader(JsonElement.Parse("{}")).ReadTest(JsonElement.Parse(condition), "");

        Assert.Equal(expected, test.Holds(JsonElement.Parse(value)));
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a+)+(?!b)$")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    public void A_hostile_pattern_ends_in_an_answer_or_a_plain_error(string pattern)
    {
        var test = new FormReader(JsonElement.Parse("{}")).ReadTest(JsonSerializer.SerializeToElement(new { pattern }), "/if");
        var text = JsonSerializer.SerializeToElement(new string('a', 40) + "!");

        try
        {
            Assert.False(test.Holds(text));
        }
        catch (FormSchemaException exception)
        {
            Assert.Equal("/if/pattern", exception.Pointer);
            Assert.Contains("takes too long", exception.Message, StringComparison.Ordinal);
        }
    }
}
