using System.IO.Compression;
using ConnectorPlatform.Host.Http;
using Microsoft.AspNetCore.Http;

namespace ConnectorPlatform.Tests.Http;

public sealed class AttemptTests
{
    private static readonly HttpLimits TwoAttempts = new() { MaxRetries = 1, AttemptTimeout = TimeSpan.FromHours(1), TotalDeadline = TimeSpan.FromHours(9) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_does_not_answer_or_stalls_in_the_body_is_left_after_the_attempt_timeout(bool sendsHeaders)
    {
        var arrived = new SemaphoreSlim(0);
        await using var bench = await ClientBench.StartAsync(
            async context =>
            {
                if (sendsHeaders)
                {
                    await context.Response.WriteAsync("begin", ClientBench.Cancellation);
                    await context.Response.Body.FlushAsync(ClientBench.Cancellation);
                }

                arrived.Release();
                await UntilAbortedAsync(context);
            },
            TwoAttempts);
        var request = bench.Open().GetAsync("slow", ClientBench.Cancellation);

        Assert.True(await arrived.WaitAsync(WaitingClock.Patience, ClientBench.Cancellation));
        bench.Clock.Advance(TwoAttempts.AttemptTimeout);
        await bench.Clock.NextDelayAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await arrived.WaitAsync(WaitingClock.Patience, ClientBench.Cancellation));
        bench.Clock.Advance(TwoAttempts.AttemptTimeout);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => request.WaitAsync(WaitingClock.Patience, ClientBench.Cancellation));
        var told = FailureTable.Of(failure, SecretMask.None);
        Assert.Equal(FailureKind.Source, told.Kind);
        Assert.Equal("The source did not answer in time. (GET /slow was not answered within 3600 s.)", told.Message);
    }

    [Fact]
    public async Task Cancelling_is_not_taken_for_a_timeout()
    {
        var arrived = new TaskCompletionSource();
        await using var bench = await ClientBench.StartAsync(context =>
        {
            arrived.SetResult();
            return UntilAbortedAsync(context);
        });
        using var cancelled = new CancellationTokenSource();
        var request = bench.Open().GetAsync("slow", cancelled.Token);
        await arrived.Task;

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Single(bench.Source.Requests);
    }

    [Theory]
    [InlineData("declared")]
    [InlineData("chunked")]
    [InlineData("compressed")]
    public async Task A_reply_beyond_the_limit_is_refused_without_reading_on(string manner)
    {
        await using var bench = await ClientBench.StartAsync(context => SendMegabytesAsync(context, manner));
        var client = bench.Open(bench.Policy with { MaxReplyBytes = 100_000 });

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => client.GetAsync("page", ClientBench.Cancellation));

        Assert.Equal(FailureKind.Connector, failure.Kind);
        Assert.Contains("GET /page is larger than 100000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Single(bench.Source.Requests);
    }

    [Fact]
    public async Task A_reply_of_just_the_limit_is_read_and_counted()
    {
        await using var bench = await ClientBench.StartAsync(context => context.Response.WriteAsync(new string('x', 1000), ClientBench.Cancellation));
        var client = bench.Open(bench.Policy with { MaxReplyBytes = 1000 });

        var text = await client.GetStringAsync("page", ClientBench.Cancellation);

        Assert.Equal(1000, text.Length);
        Assert.Equal(1000, bench.Usage.Snapshot().BytesReceived);
        Assert.Equal(1, bench.Usage.Snapshot().Requests);
    }

    [Fact]
    public async Task A_compressed_reply_arrives_as_it_was()
    {
        await using var bench = await ClientBench.StartAsync(context => SendMegabytesAsync(context, "compressed"));

        var bytes = await bench.Open().GetByteArrayAsync("page", ClientBench.Cancellation);

        Assert.Equal(4_000_000, bytes.Length);
        Assert.Equal(4_000_000, bench.Usage.Snapshot().BytesReceived);
    }

    [Fact]
    public async Task A_reply_that_cannot_be_decompressed_is_the_sources_trouble()
    {
        await using var bench = await ClientBench.StartAsync(context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("this is no gzip at all", ClientBench.Cancellation);
        });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => bench.GetAsync());

        Assert.Equal(FailureKind.Source, FailureTable.Of(failure, SecretMask.None).Kind);
        Assert.Equal(5, bench.Source.Requests.Count);
    }

    [Fact]
    public async Task A_reply_to_HEAD_may_declare_any_length()
    {
        await using var bench = await ClientBench.StartAsync(context =>
        {
            context.Response.ContentLength = 1_000_000_000;
            return Task.CompletedTask;
        });
        using var request = new HttpRequestMessage(HttpMethod.Head, "file");

        var response = await bench.Open(bench.Policy with { MaxReplyBytes = 1000 }).SendAsync(request, ClientBench.Cancellation);

        Assert.Equal(1_000_000_000, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task What_a_reply_means_is_not_the_clients_business()
    {
        await using var bench = await ClientBench.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<h1>Sign in</h1>", ClientBench.Cancellation);
        });

        Assert.Equal("<h1>Sign in</h1>", await bench.Open().GetStringAsync("things", ClientBench.Cancellation));
    }

    private static async Task SendMegabytesAsync(HttpContext context, string manner)
    {
        var body = new byte[4_000_000];
        switch (manner)
        {
            case "declared":
                context.Response.ContentLength = body.Length;
                break;
            case "compressed":
                context.Response.Headers.ContentEncoding = "gzip";
                using (var packed = new MemoryStream())
                {
                    await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
                    {
                        await gzip.WriteAsync(body, ClientBench.Cancellation);
                    }

                    body = packed.ToArray();
                    context.Response.ContentLength = body.Length;
                }

                break;
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}
