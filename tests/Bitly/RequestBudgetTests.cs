using System.Text.Json;

namespace ConnectorPlatform.Tests.Bitly;

/// <summary>What a run on many links asks of the account's limits before it starts, and how it keeps within them.</summary>
public sealed class RequestBudgetTests
{
    private static readonly DateTimeOffset Now = new(2026, 10, 30, 15, 20, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_run_that_fits_says_what_is_left_and_reads()
    {
        var bitly = Bitly(limit: 1000, count: 900);
        var run = new BitlyRun(bitly, Now);

        await run.ReadAsync(Countries(30));

        Assert.Equal("GET /v4/user/platform_limits", bitly.Requests[0]);
        Assert.Equal(61, bitly.Requests.Count);
        Assert.Contains("Bitly leaves the account 100 of 1,000 requests to /bitlinks/{bitlink}/countries.", run.Reporter.Notes);
        Assert.Empty(run.Reporter.Warnings);
    }

    [Theory]
    [InlineData(1000, 941, FailureKind.Source)]
    [InlineData(59, 0, FailureKind.Details)]
    public async Task A_run_that_does_not_fit_is_refused_before_its_first_request(long limit, long count, FailureKind kind)
    {
        var bitly = Bitly(limit, count);

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => new BitlyRun(bitly, Now).ReadAsync(Countries(30)));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains($"The run takes about 60 requests to Bitly, which leaves the account {limit - count:N0} of {limit:N0}", failure.Message, StringComparison.Ordinal);
        Assert.Single(bitly.Requests);
    }

    [Fact]
    public async Task Few_requests_are_not_worth_asking_for_the_limits()
    {
        var bitly = Bitly(limit: 1, count: 1);

        await new BitlyRun(bitly, Now).ReadAsync(Countries(25));

        Assert.Equal(50, bitly.Requests.Count);
    }

    [Fact]
    public async Task The_users_own_limit_takes_the_place_of_Bitlys()
    {
        var bitly = Bitly(limit: 1, count: 1);
        await new BitlyRun(bitly, Now).ReadAsync(Countries(30, most: 60));
        Assert.Equal(60, bitly.Requests.Count);

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => new BitlyRun(bitly, Now).ReadAsync(Countries(30, most: 59)));

        Assert.Equal(FailureKind.Details, failure.Kind);
        Assert.Contains("Most Requests allows 59", failure.Message, StringComparison.Ordinal);
        Assert.Equal(60, bitly.Requests.Count);
    }

    /// <summary>How many lists the encoders need is known only when they are read.</summary>
    [Fact]
    public async Task A_run_that_takes_more_than_it_said_stops_at_the_users_limit()
    {
        var bitly = new FakeBitly(Now, FakeBitly.OneInEachHour(Now, 3));

        var failure = await Assert.ThrowsAsync<ConnectorException>(() =>
            bitly.Run().ReadAsync(new { report = "link_encoders", links = "list", bitly_links = "bit.ly/a bit.ly/b", most_requests = 3 }));

        Assert.Equal(FailureKind.Details, failure.Kind);
        Assert.Contains("has sent the 3 requests that Most Requests allows", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, bitly.Handler.Requests.Count);
    }

    private static ReplyingHandler Bitly(long limit, long count) => new(request => (200, request.RequestUri!.AbsolutePath.EndsWith("/platform_limits", StringComparison.Ordinal)
        ? JsonSerializer.Serialize(new { platform_limits = new[] { new { endpoint = "/bitlinks/{bitlink}/countries", methods = new[] { new { name = "GET", limit, count } } } } })
        : """{"metrics":[]}"""));

    private static object Countries(int links, int? most = null) => new
    {
        report = "link_countries",
        links = "list",
        bitly_links = string.Join('\n', Enumerable.Range(0, links).Select(link => $"bit.ly/l{link}")),
        unit = "day",
        units = 2,
        time_zone = "UTC",
        roll_up = false,
        most_requests = most,
    };
}
