using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Tests.Forms;

public sealed class FormSettleTests
{
    private const string Small = """ "required": ["a"], "properties": { "a": { "type": "string", "title": "A" } } """;

    [Fact]
    public async Task Each_line_has_its_answer_in_order_and_a_broken_one_stops_nothing()
    {
        var schema = FormSamples.Schema(Small).GetRawText().ReplaceLineEndings(" ");
        string[] lines =
        [
            """{"id":1,"data":{"report":"link_information"}}""",
            "{not json",
            "",
            """{"id":"two"}""",
            $$"""{ "id":"three", "schema":{{schema}}, "data": { "a":"x","b":1 } }""",
            """{"id":"four","schema":{"allOf":[{"$ref":"#"}]},"data":{}}""",
            """{"id":"five","schema":{"properties":{"a":{"type":"strin","title":"A"}}},"data":{}}""",
            """{"id":"six","data":{"report":"link_information","bitly_link":"bit.ly/\ud800"}}""",
            """{"id":"seven","data":{"report":"link_information","bitly_link":"bit.ly/a"}}""",
        ];

        var (answers, wrong) = await RunAsync(Form.Parse(FormSamples.Bitly("details")), string.Join("\n", lines), SettleInput.Lines);

        Assert.Equal(["1", "null", "\"two\"", "\"three\"", "\"four\"", "\"five\"", "\"six\"", "\"seven\""], answers.Select(answer => answer.Member("id")!.Value.GetRawText()));
        Assert.Equal(["required", "json", "json", "unknown", "schema", "schema", "json", null], answers.Select(answer => answer.Items("errors").FirstOrDefault().Text("keyword")));
        Assert.Equal(7, wrong);
        Assert.Equal("/bitly_link", answers[0].Items("errors").First().Text("path"));
        Assert.Equal(["/report", "/links", "/bitly_link"], answers[0].Texts("visible"));
        Assert.Equal(["/report", "/bitly_link"], answers[0].Texts("required"));
        Assert.StartsWith("Shown when Report is ", answers[0].Member("hidden")!.Value.Text("/unit"), StringComparison.Ordinal);
        FormSamples.SameJson("""{"a":"x"}""", answers[3].Member("data")!.Value);
        FormSamples.SameJson("""{"report":"link_information","links":"one","bitly_link":"bit.ly/a"}""", answers[7].Member("data")!.Value);
        Assert.Contains(answers[4].Items("errors"), error => error.Text("message")!.StartsWith("L2:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_thousand_lines_cost_two_validations()
    {
        using var quota = new ValidationQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance);
        var lines = Enumerable.Range(1, 1000).Select(i => $$"""{ "id": {{i}}, "data": { "report": "link_clicks", "bitly_link": "bit.ly/{{i}}", "units": {{i % 7}} } }""");

        var (answers, wrong) = await RunAsync(Form.Parse(FormSamples.Bitly("details")), string.Join("\n", lines), SettleInput.Lines, quota);

        Assert.Equal((1000, 142, 2), (answers.Count, wrong, quota.Used));
    }

    [Fact]
    public async Task One_document_is_an_envelope_or_bare_data()
    {
        var form = FormSamples.Form(Small);

        var (fromEnvelope, _) = await RunAsync(form, """
            { "id": [1],
              "data": { "a": "x" } }
            """, SettleInput.Envelope);
        var (fromData, wrong) = await RunAsync(form, """{ "a": "x" }""", SettleInput.BareData);

        FormSamples.SameJson("""{"id":[1],"visible":["/a"],"required":["/a"],"data":{"a":"x"},"errors":[],"hidden":{}}""", Assert.Single(fromEnvelope));
        FormSamples.SameJson("""{"id":null,"visible":["/a"],"required":["/a"],"data":{"a":"x"},"errors":[],"hidden":{}}""", Assert.Single(fromData));
        Assert.Equal(0, wrong);
    }

    [Fact]
    public async Task An_exhausted_quota_is_an_error_of_each_line()
    {
        using var quota = new ValidationQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance, limit: 0);

        var (answers, wrong) = await RunAsync(FormSamples.Form(Small), """{"data":{"a":"x"}}""", SettleInput.Lines, quota);

        Assert.Equal(("quota", 1), (Assert.Single(answers).Items("errors").Single().Text("keyword"), wrong));
    }

    private static async Task<(IReadOnlyList<JsonElement> Answers, int Wrong)> RunAsync(
        Form form, string input, SettleInput shape, ValidationQuota? quota = null)
    {
        var output = new StringWriter();
        var validator = quota is null ? FormSamples.Validator() : new FormValidator(quota);
        var wrong = await new FormSettle(validator, form).RunAsync(new StringReader(input), output, shape, TestContext.Current.CancellationToken);
        return ([.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))], wrong);
    }
}
