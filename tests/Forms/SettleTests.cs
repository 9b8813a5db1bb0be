using System.Text.Json;

namespace ConnectorPlatform.Tests.Forms;

public sealed class SettleTests
{
    [Fact]
    public void Only_what_applies_is_visible_in_order_with_what_is_required()
    {
        var settled = FormSamples.Form(FormSamples.Orders).Settle("""{"report":"orders","method":"number","links":[{"kind":"named"},{}]}""");

        Assert.Equal(
            ["/report", "/method", "/window", "/window/start", "/window/open", "/links", "/links/0/url", "/links/0/kind", "/links/0/label", "/links/1/url", "/links/1/kind", "/first"],
            settled.Visible);
        Assert.Equal(["/report", "/method", "/window/start", "/links/0/url", "/links/0/label", "/links/1/url", "/first"], settled.Required);
        FormSamples.SameJson(
            """{"report":"orders","method":"number","window":{"open":true},"links":[{"kind":"named"},{"kind":"plain"}]}""", settled.Data);
        Assert.Contains("/links/1/kind", settled.Controllers);
        Assert.True(settled.IsAtRest);
    }

    [Fact]
    public void A_stale_controller_takes_its_dependents_with_it()
    {
        var settled = FormSamples.Form(FormSamples.Orders).Settle("""{"report":"stock","method":"number","first":5,"window":{"start":"2024-01-01"},"links":[{}]}""");

        Assert.Equal(["/report"], settled.Visible);
        FormSamples.SameJson("""{"report":"stock"}""", settled.Data);
        Assert.Empty(settled.Unknown);
    }

    [Fact]
    public void A_hidden_field_says_when_it_is_shown_in_the_titles_of_the_form()
    {
        var form = FormSamples.Form(FormSamples.Orders);

        var stock = form.Settle("""{"report":"stock"}""").Hidden;
        Assert.Equal("Shown when Report is Orders", stock["/method"]);
        Assert.Equal("Shown when Report is Orders", stock["/window/start"]);
        Assert.Equal("Shown when Report is Orders and Method is number", stock["/first"]);

        var orders = form.Settle("""{"report":"orders","links":[{}]}""").Hidden;
        Assert.Equal("Shown when Open-ended is off", orders["/window/end"]);
        Assert.Equal("Shown when Kind is named", orders["/links/0/label"]);
    }

    [Fact]
    public void A_field_of_several_branches_names_all_of_their_values()
    {
        var settled = FormSamples.Form("""
            "properties": { "a": { "type": "string", "title": "A", "enum": ["w", "x", "y", "z"] } },
            "allOf": [
              { "if": { "required": ["a"], "properties": { "a": { "enum": ["w", "x"] } } }, "then": { "properties": { "b": { "type": "string", "title": "B" } } } },
              { "if": { "required": ["a"], "properties": { "a": { "const": "y" } } }, "then": { "properties": { "b": { "type": "string", "title": "B" } } } }
            ]
            """).Settle("""{"a":"z"}""");

        Assert.Equal("Shown when A is w, x or y", settled.Hidden["/b"]);
    }

    [Fact]
    public void Else_applies_where_the_condition_does_not_hold()
    {
        var form = FormSamples.Form("""
            "properties": { "a": { "type": "boolean", "title": "A" } },
            "allOf": [{
              "if": { "required": ["a"], "properties": { "a": { "const": true } } },
              "then": { "properties": { "b": { "type": "string", "title": "B" } } },
              "else": { "properties": { "c": { "type": "string", "title": "C" } } }
            }]
            """);

        Assert.Equal(["/a", "/b"], form.Settle("""{"a":true}""").Visible);
        Assert.Equal(["/a", "/c"], form.Settle("""{"a":false}""").Visible);
        Assert.Equal("Shown when A is not on", form.Settle("""{"a":true}""").Hidden["/c"]);
    }

    [Fact]
    public void A_default_goes_to_fresh_data_but_not_to_what_was_left_empty_before()
    {
        var form = FormSamples.Form("""
            "properties": { "a": { "type": "integer", "title": "A", "default": 7 }, "b": { "type": "integer", "title": "B", "default": 8 } }
            """);

        FormSamples.SameJson("""{"a":7,"b":8}""", form.Settle("{}").Data);
        FormSamples.SameJson("""{"b":8}""", form.Settle("{}", "/a").Data);
        FormSamples.SameJson("""{"a":1,"b":8}""", form.Settle("""{"a":1}""", "/a").Data);
    }

    [Fact]
    public void A_given_value_survives_when_its_controller_is_left_to_the_default()
    {
        var form = FormSamples.Form("""
            "properties": { "a": { "type": "string", "title": "A", "enum": ["x", "y"], "default": "x" } },
            "allOf": [{ "if": { "required": ["a"], "properties": { "a": { "const": "x" } } }, "then": { "properties": { "b": { "type": "integer", "title": "B", "default": 1 } } } }]
            """);

        FormSamples.SameJson("""{"a":"x","b":5}""", form.Settle("""{"b":5}""").Data);
        FormSamples.SameJson("""{"a":"y"}""", form.Settle("""{"a":"y","b":5}""").Data);
    }

    [Fact]
    public void A_tightening_declares_nothing_but_can_make_a_field_required()
    {
        var form = FormSamples.Form("""
            "properties": { "a": { "type": "boolean", "title": "A" }, "b": { "type": "string", "title": "B" } },
            "allOf": [{
              "if": { "required": ["a"], "properties": { "a": { "const": true } } },
              "then": { "required": ["b"], "properties": { "b": { "maxLength": 3 }, "ghost": { "maxLength": 3 } } }
            }]
            """);

        var settled = form.Settle("""{"a":true,"ghost":"x"}""");
        Assert.Equal(["/a", "/b"], settled.Visible);
        Assert.Equal(["/b"], settled.Required);
        Assert.Equal(["/ghost"], settled.Unknown);
        Assert.Empty(form.Settle("""{"a":false}""").Required);
    }

    [Fact]
    public void Order_comes_before_document_order()
    {
        var settled = FormSamples.Form("""
            "properties": {
              "c": { "type": "string", "title": "C" }, "b": { "type": "string", "title": "B", "x-order": 2 },
              "a": { "type": "string", "title": "A", "x-order": 1 }, "d": { "type": "string", "title": "D" }
            }
            """).Settle("{}");

        Assert.Equal(["/a", "/b", "/c", "/d"], settled.Visible);
    }

    [Fact]
    public void Definitions_are_followed()
    {
        var settled = FormSamples.Form("""
            "definitions": { "day": { "type": "string", "title": "Day", "default": "today" }, "more": { "properties": { "b": { "$ref": "#/definitions/day" } } } },
            "properties": { "a": { "$ref": "#/definitions/day" } }, "allOf": [{ "$ref": "#/definitions/more" }]
            """).Settle("{}");

        FormSamples.SameJson("""{"a":"today","b":"today"}""", settled.Data);
    }

    [Fact]
    public void Unknown_names_are_told_and_dropped_at_every_level()
    {
        var settled = FormSamples.Form(FormSamples.Orders).Settle("""{"report":"orders","x/y":1,"window":{"zone":1},"links":[{"q":1}]}""");

        Assert.Equal(["/x~1y", "/window/zone", "/links/0/q"], settled.Unknown);
        FormSamples.SameJson("""{"report":"orders","window":{"open":true},"links":[{"kind":"plain"}]}""", settled.Data);
    }

    [Theory]
    [InlineData("""{"report":5}""")]
    [InlineData("""{"report":null}""")]
    [InlineData("""{"report":"orders","window":"soon","links":{"0":1}}""")]
    [InlineData("""{"report":"orders","window":{"open":true},"links":[1,"x",null]}""")]
    public void A_value_of_the_wrong_type_is_kept_for_validation(string data)
    {
        FormSamples.SameJson(data, FormSamples.Form(FormSamples.Orders).Settle(data).Data);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void Data_that_is_no_object_settles_like_an_empty_form(string data)
    {
        var settled = FormSamples.Form(FormSamples.Orders).Settle(data);

        Assert.Equal(["/report"], settled.Visible);
        FormSamples.SameJson(data, settled.Data);
    }

    [Fact]
    public void A_form_that_contradicts_itself_ends_and_says_so()
    {
        var form = FormSamples.Form("""
            "allOf": [{ "if": { "not": { "required": ["a"] } }, "then": { "properties": { "a": { "type": "integer", "title": "A", "default": 1 } } } }]
            """);

        Assert.False(form.Settle("{}").IsAtRest);
    }

    [Fact]
    public void Live_menus_make_their_dependencies_controllers()
    {
        var settled = FormSamples.Form("""
            "properties": {
              "a": { "type": "string", "title": "A" },
              "b": { "type": "string", "title": "B", "x-options": { "source": "things", "dependsOn": ["a"], "cacheSeconds": 60 } }
            }
            """).Settle("{}");

        Assert.Equal(["/a"], settled.Controllers);
        Assert.Equal(60, settled.Fields["/b"].Menu?.CacheSeconds);
    }

    [Fact]
    public void One_form_serves_many_threads()
    {
        var form = FormSamples.Form(FormSamples.Orders);
        var data = JsonElement.Parse("""{"report":"orders","method":"number"}""");
        var expected = form.Settle(data).Data.GetRawText();

        Parallel.For(0, 200, _ => Assert.Equal(expected, form.Settle(data).Data.GetRawText()));
    }
}
