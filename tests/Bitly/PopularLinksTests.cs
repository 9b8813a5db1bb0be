using System.Text.Json;

namespace ConnectorPlatform.Tests.Bitly;

public sealed class PopularLinksTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 30, 15, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("always the same cursor", 1)]
    [InlineData("a new cursor each time", 20)]
    public async Task A_link_list_without_an_end_is_given_up_with_a_warning(string kind, int pages)
    {
        var page = 0;
        var bitly = new ReplyingHandler(request => (200, JsonSerializer.Serialize(
            request.RequestUri!.AbsolutePath.EndsWith("/clicks", StringComparison.Ordinal)
                ? (object)new { sorted_links = new[] { new { id = "bit.ly/gone", clicks = 4 } } }
                : new { links = Array.Empty<object>(), pagination = new { search_after = pages == 1 ? kind : $"{kind}, {page++}" } })));
        var run = new BitlyRun(bitly, Now);

        var row = Assert.Single(await run.ReadAsync(new { report = "popular_links", group = "g", unit = "day", units = 7, time_zone = "UTC" }));

        Assert.Equal("https://bit.ly/gone", row["link"]);
        Assert.Null(row["title"]);
        Assert.Single(run.Reporter.Warnings);
        Assert.InRange(bitly.Requests.Count(request => request.Contains("/bitlinks?", StringComparison.Ordinal)), pages, pages + 1);
    }

    [Fact]
    public async Task Links_that_came_with_the_reply_need_no_link_list()
    {
        var bitly = new ReplyingHandler(_ => (200, """{ "sorted_links": [{ "id": "bit.ly/a", "clicks": 4 }], "links": [{ "id": "bit.ly/a", "title": "A" }] }"""));

        await new BitlyRun(bitly, Now).ReadAsync(new { report = "popular_links", group = "g", unit = "day", units = 3, time_zone = "UTC", roll_up = false });

        Assert.Equal(3, bitly.Requests.Count);
    }

    [Fact]
    public async Task The_link_list_is_read_once_for_all_units()
    {
        var bitly = new ReplyingHandler(request => (200, request.RequestUri!.AbsolutePath.EndsWith("/clicks", StringComparison.Ordinal)
            ? """{ "sorted_links": [{ "id": "bit.ly/a", "clicks": 4 }] }"""
            : """{ "links": [{ "id": "bit.ly/a", "title": "A" }], "pagination": { "search_after": "more" } }"""));

        await new BitlyRun(bitly, Now).ReadAsync(new { report = "popular_links", group = "g", unit = "day", units = 3, time_zone = "UTC", roll_up = false });

        Assert.Equal(4, bitly.Requests.Count);
    }
}
