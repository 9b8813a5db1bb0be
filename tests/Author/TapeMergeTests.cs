using System.Text.Json;
using ConnectorPlatform.Host.Authoring.Recording;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Tests.Author;

public sealed class TapeMergeTests
{
    private static readonly ILookup<string, SampleExchange> Nothing = Array.Empty<SampleExchange>().ToLookup(exchange => exchange.Request.Key);

    [Fact]
    public void Requests_that_differ_in_which_entries_they_have_are_told_apart()
    {
        var merged = new TapeMerge(Nothing).Merge([Exchange("first", ("limit", "2")), Exchange("second", ("cursor", "abc"))]);

        Assert.False(merged[0].Request.IsAmbiguousWith(merged[1].Request));
        Assert.Equal(["first"], merged.Where(exchange => exchange.Request.Matches(new Dictionary<string, string> { ["limit"] = "2" }, null)).Select(Text));
    }

    [Fact]
    public void The_last_of_different_replies_to_one_request_is_kept_and_told()
    {
        var merge = new TapeMerge(Nothing);

        var merged = merge.Merge([Exchange("waiting", ("id", "1")), Exchange("waiting", ("id", "1")), Exchange("done", ("id", "1"))]);

        Assert.Equal("done", Text(Assert.Single(merged)));
        Assert.Equal(1, merge.AnsweredAnew);
    }

    [Fact]
    public void A_row_that_a_replay_reads_otherwise_is_found()
    {
        StoredColumn[] columns = [new("id", ColumnType.Integer, 0, true, null), new("text", ColumnType.String, 0, false, null)];
        var redaction = new Redaction([], new StandIns(JsonElement.Parse("{}")), text => text.Replace("secret", "sample", StringComparison.Ordinal));
        RowPage Page(params string[] texts) => new(columns, [.. texts.Select((text, i) => (object?[])[(long)i, text])], texts.Length);

        Assert.Equal(new RowComparison(null, 1, 0), RowComparison.Of(Page("a", "a secret"), Page("a", "a sample"), redaction));
        Assert.Equal(new RowComparison("in row 2 the value of text is another", 0, 1), RowComparison.Of(Page("a", "b"), Page("a", "c"), redaction));
        Assert.Equal("of 2 rows there are 1", RowComparison.Of(Page("a", "b"), Page("a"), redaction).Difference);
    }

    private static string Text(SampleExchange exchange) => exchange.Reply.Body!.Value.GetString()!;

    private static SampleExchange Exchange(string reply, params (string Name, string Value)[] query) => new()
    {
        Request = new SampleRequest { Path = "things", Query = query.ToDictionary(entry => entry.Name, entry => JsonSerializer.SerializeToElement(entry.Value)) },
        Reply = new SampleReply { Body = JsonSerializer.SerializeToElement(reply) },
    };
}
