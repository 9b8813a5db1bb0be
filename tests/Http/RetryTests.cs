using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class RetryTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task One_transient_refusal_changes_nothing(int status)
    {
        await using var bench = await ClientBench.StartAsync(status);

        var response = await bench.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"ok":true}""", await response.Content.ReadAsStringAsync(ClientBench.Cancellation));
        Assert.Equal(2, bench.Source.Requests.Count);
        Assert.Equal(1, bench.Usage.Snapshot().Retries);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Other_statuses_come_back_at_once(int status)
    {
        await using var bench = await ClientBench.StartAsync(status);

        var response = await bench.Open().GetAsync("things", ClientBench.Cancellation);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Single(bench.Source.Requests);
    }

    [Fact]
    public async Task Retries_end_after_four_with_the_last_reply_and_wait_longer_each_time()
    {
        await using var bench = await ClientBench.StartAsync(503, 503, 503, 503, 504, 503);
        var start = bench.Clock.GetUtcNow();

        var response = await bench.GetAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal(5, bench.Source.Requests.Count);
        Assert.InRange(bench.Clock.GetUtcNow() - start, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(120));
    }

    [Theory]
    [InlineData("37")]
    [InlineData("Fri, 30 Oct 2026 12:00:37 GMT")]
    public async Task Retry_After_in_seconds_or_as_a_date_is_waited_for_exactly(string retryAfter)
    {
        await using var bench = await ClientBench.StartAsync(RefuseOnce(429, retryAfter));
        var start = bench.Clock.GetUtcNow();

        var response = await bench.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(37), bench.Clock.GetUtcNow() - start);
        Assert.Equal(TimeSpan.FromSeconds(37), bench.Usage.Snapshot().WaitedForLimits);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Fri, 30 Oct 2020 12:00:00 GMT")]
    [InlineData("soon")]
    public async Task A_Retry_After_that_says_nothing_leaves_the_usual_delay(string retryAfter)
    {
        await using var bench = await ClientBench.StartAsync(RefuseOnce(503, retryAfter));
        var start = bench.Clock.GetUtcNow();

        var response = await bench.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.InRange(bench.Clock.GetUtcNow() - start, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_Retry_After_beyond_the_cap_ends_the_request_at_once_and_the_message_tells_the_wait()
    {
        await using var bench = await ClientBench.StartAsync(RefuseOnce(429, "121"));
        var context = new ConnectorContext { Http = bench.Open() };

        var failure = await Assert.ThrowsAsync<HttpRequestException>(
            () => bench.Clock.RunAsync(context.GetAsync<object>("things", ClientBench.Cancellation)));

        Assert.Equal(HttpStatusCode.TooManyRequests, failure.StatusCode);
        Assert.Contains("asks to wait 121 s", failure.Message, StringComparison.Ordinal);
        Assert.Single(bench.Source.Requests);
    }

    [Fact]
    public async Task No_retry_begins_after_the_total_deadline()
    {
        var limits = new HttpLimits { AttemptTimeout = TimeSpan.FromHours(1), MaxRetries = 100, TotalDeadline = TimeSpan.FromSeconds(250) };
        await using var bench = await ClientBench.StartAsync(
            context =>
            {
                context.Response.StatusCode = 503;
                context.Response.Headers.RetryAfter = "100";
                return Task.CompletedTask;
            },
            limits);

        var response = await bench.GetAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(3, bench.Source.Requests.Count);
    }

    [Theory]
    [InlineData("GET", 502, 2)]
    [InlineData("PUT", 502, 2)]
    [InlineData("DELETE", 502, 2)]
    [InlineData("POST", 429, 2)]
    [InlineData("POST", 503, 2)]
    [InlineData("POST", 502, 1)]
    [InlineData("POST", 504, 1)]
    [InlineData("POST", 500, 1)]
    [InlineData("PATCH", 504, 1)]
    public async Task Only_what_cannot_act_twice_is_repeated(string method, int status, int requests)
    {
        await using var bench = await ClientBench.StartAsync(status);
        await using var stream = PipeReader.Create(new ReadOnlySequence<byte>("once"u8.ToArray())).AsStream();
        using var request = new HttpRequestMessage(new HttpMethod(method), "things") { Content = method == "GET" ? null : new StreamContent(stream) };

        await bench.Clock.RunAsync(bench.Open().SendAsync(request, ClientBench.Cancellation));

        Assert.Equal(requests, bench.Source.Requests.Count);
        Assert.All(bench.Source.Requests, seen => Assert.Equal(method == "GET" ? "" : "once", seen.Body));
    }

    [Fact]
    public async Task A_cut_body_is_read_again_as_a_whole()
    {
        await using var bench = await ClientBench.StartAsync(CutOnce());

        var response = await bench.GetAsync();

        Assert.Equal("0123456789", await response.Content.ReadAsStringAsync(ClientBench.Cancellation));
        Assert.Equal(2, bench.Source.Requests.Count);
    }

    [Fact]
    public async Task A_cut_reply_to_a_POST_is_a_failure_and_not_repeated()
    {
        await using var bench = await ClientBench.StartAsync(CutOnce());
        using var content = new StringContent("once");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => bench.Open().PostAsync("things", content, ClientBench.Cancellation));

        Assert.Equal(FailureKind.Source, FailureTable.Of(failure, SecretMask.None).Kind);
        Assert.Single(bench.Source.Requests);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again_and_then_told_as_the_sources_trouble()
    {
        await using var bench = await ClientBench.StartAsync();
        await using var gone = await LoopbackSource.StartAsync(_ => Task.CompletedTask);
        var address = gone.Address;
        await gone.DisposeAsync();
        var client = bench.Open(bench.Policy with { BaseAddress = address });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => bench.Clock.RunAsync(client.GetAsync("things", ClientBench.Cancellation)));

        Assert.Equal(4, bench.Usage.Snapshot().Retries);
        var told = FailureTable.Of(failure, SecretMask.None);
        Assert.Equal(FailureKind.Source, told.Kind);
        Assert.StartsWith("The source cannot be reached.", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_may_declare_more_replies_that_heal_and_some_that_never_do()
    {
        var rules = new RetryRules { Also = [new ReplyPattern(403, "RATE_LIMIT")], Never = [new ReplyPattern(429, "USAGE_LIMIT")] };
        await using var bench = await ClientBench.StartAsync(context =>
        {
            (context.Response.StatusCode, var body) = context.Request.Path.Value switch
            {
                "/heals" => (403, "RATE_LIMIT_EXCEEDED"),
                "/forbidden" => (403, "FORBIDDEN"),
                _ => (429, "API_USAGE_LIMIT_EXCEEDED"),
            };
            return context.Response.WriteAsync(body, ClientBench.Cancellation);
        });
        var client = bench.Open(bench.Policy with { Retry = rules });

        await bench.Clock.RunAsync(client.GetAsync("heals", ClientBench.Cancellation));
        await client.GetAsync("forbidden", ClientBench.Cancellation);
        var spent = await client.GetAsync("spent", ClientBench.Cancellation);

        Assert.Equal(5, bench.Source.Requests.Count(seen => seen.PathAndQuery == "/heals"));
        Assert.Equal(1, bench.Source.Requests.Count(seen => seen.PathAndQuery == "/forbidden"));
        Assert.Equal(1, bench.Source.Requests.Count(seen => seen.PathAndQuery == "/spent"));
        Assert.Equal("API_USAGE_LIMIT_EXCEEDED", await spent.Content.ReadAsStringAsync(ClientBench.Cancellation));
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_for_the_next_try()
    {
        await using var bench = await ClientBench.StartAsync(RefuseOnce(429, "60"));
        using var cancelled = new CancellationTokenSource();
        var request = bench.Open().GetAsync("things", cancelled.Token);
        await bench.Clock.NextDelayAsync();

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Single(bench.Source.Requests);
    }

    private static RequestDelegate RefuseOnce(int status, string retryAfter)
    {
        var requests = 0;
        return context =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                context.Response.StatusCode = status;
                context.Response.Headers.RetryAfter = retryAfter;
            }

            return context.Response.WriteAsync("{}", ClientBench.Cancellation);
        };
    }

    private static RequestDelegate CutOnce()
    {
        var requests = 0;
        return async context =>
        {
            context.Response.ContentLength = 10;
            if (Interlocked.Increment(ref requests) == 1)
            {
                await context.Response.WriteAsync("0123", ClientBench.Cancellation);
                await context.Response.Body.FlushAsync(ClientBench.Cancellation);
                context.Abort();
                return;
            }

            await context.Response.WriteAsync("0123456789", ClientBench.Cancellation);
        };
    }
}
