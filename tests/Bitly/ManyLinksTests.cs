using System.Text.Json;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>A report over many Bitlinks: what it costs and what it says.</summary>
public sealed class ManyLinksTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 30, 15, 20, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_run_says_how_many_requests_it_takes_before_the_first_of_them()
    {
        var run = default(BitlyRun);
        var bitly = new ReplyingHandler(_ =>
        {
            Assert.Contains(run!.Reporter.Notes, note => note.StartsWith("Reads 3 Bitlinks with about 6 more requests", StringComparison.Ordinal));
            return (200, """{"metrics":[]}""");
        });
        run = new BitlyRun(bitly, Now);

        await run.ReadAsync(Countries(3));

        Assert.Equal(6, bitly.Requests.Count);
        Assert.Empty(run.Reporter.Warnings);
    }

    [Fact]
    public async Task A_run_that_takes_more_requests_than_a_free_plan_has_in_a_month_warns_and_says_how_long_it_takes()
    {
        var run = new BitlyRun(new ReplyingHandler(_ => (200, """{"metrics":[]}""")), Now);

        await run.ReadAsync(Countries(600));

        Assert.Contains("about 1,200 requests", Assert.Single(run.Reporter.Warnings), StringComparison.Ordinal);
        Assert.Contains(run.Reporter.Notes, note => note.Contains("at least 12 minutes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_many_refused_links_some_are_named_and_the_rest_are_counted()
    {
        var run = new BitlyRun(new ReplyingHandler(request => request.RequestUri!.AbsolutePath.Contains("/l0/", StringComparison.Ordinal) ? (200, """{"metrics":[]}""") : (404, "404 page not found")), Now);

        await run.ReadAsync(Countries(31));

        Assert.Equal(21, run.Reporter.Warnings.Count);
        Assert.StartsWith("10 more Bitlinks", run.Reporter.Warnings.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_is_refused_half_way_has_no_rows()
    {
        var asked = 0;
        var run = new BitlyRun(new ReplyingHandler(_ => asked++ == 1 ? (410, "") : (200, """{"metrics":[{"value":"US","clicks":1}]}""")), Now);

        var rows = await run.ReadAsync(Countries(2));

        Assert.Equal(["bit.ly/l1", "bit.ly/l1"], rows.Select(row => row["bitlink"]));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task A_link_that_is_younger_than_the_period_is_no_gap_in_what_Bitly_keeps(int daysOld, bool warns)
    {
        var created = Now.AddDays(-daysOld).ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", System.Globalization.CultureInfo.InvariantCulture);
        var run = new BitlyRun(new ReplyingHandler(request => (200, request.RequestUri!.AbsolutePath.EndsWith("/bitlinks", StringComparison.Ordinal)
            ? JsonSerializer.Serialize(new { links = new[] { new { id = "bit.ly/a", created_at = created } } })
            : """{"units":3,"unit":"day","metrics":[]}""")), Now);

        await run.ReadAsync(new { report = "link_countries", links = "group", group = "g", unit = "day", units = 7, time_zone = "UTC" });

        Assert.Equal(warns, !run.Reporter.Warnings.IsEmpty);
    }

    private static object Countries(int links) => new
    {
        report = "link_countries",
        links = "list",
        bitly_links = string.Join('\n', Enumerable.Range(0, links).Select(link => $"bit.ly/l{link}")),
        unit = "day",
        units = 2,
        time_zone = "UTC",
        roll_up = false,
    };
}
