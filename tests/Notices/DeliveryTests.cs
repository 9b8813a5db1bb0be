using System.Globalization;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>What becomes of a notice that is not taken, and of one that a crash interrupts.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task What_is_not_taken_is_tried_again_ever_more_slowly_and_given_up_after_a_day()
    {
        _bench.AddWebhook();
        _bench.Answer(500, "broken");
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();
        var began = _bench.Clock.GetUtcNow();

        List<int> waits = [];
        while (_bench.Log.Single() is { State: NoticeState.Waiting } notice)
        {
            waits.Add((int)(notice.DueAt - _bench.Clock.GetUtcNow()).TotalSeconds);
            _bench.Clock.SetUtcNow(notice.DueAt - TimeSpan.FromTicks(1));
            await _bench.DeliverAsync();
            Assert.Equal(waits.Count, _bench.Hooks.LogEntries.Count);
            _bench.Clock.SetUtcNow(notice.DueAt);
            await _bench.DeliverAsync();
        }

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920, 3600, 3600], waits.Take(9));
        Assert.All(waits.Skip(9), wait => Assert.Equal(3600, wait));
        Assert.InRange(_bench.Clock.GetUtcNow() - began, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        var given = _bench.Log.Single();
        Assert.Equal(NoticeState.GivenUp, given.State);
        Assert.Equal($"Given up after {given.Attempts} attempts. The receiver answered 500 broken", given.Answer);
        Assert.Contains(_bench.Platform.Log.Lines, line => line.Contains("is given up after", StringComparison.Ordinal));
        Assert.Equal(given.Attempts, _bench.Outbox.AttemptsOf(given.Id).Count);
        Assert.Single(_bench.Hooks.LogEntries.Select(entry => entry.RequestMessage!.Headers![WebhookSender.KeyHeader].Single()).Distinct());
    }

    [Fact]
    public async Task A_receiver_that_comes_back_gets_the_notice()
    {
        var rule = _bench.Add(_bench.Draft(NoticeChannel.Email));
        _bench.Mail.Instead = line => line.StartsWith("DATA", StringComparison.Ordinal) ? "451 try later" : null;
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();
        Assert.Contains("451 try later", _bench.Log.Single().Answer, StringComparison.Ordinal);

        _bench.Mail.Instead = _ => null;
        _bench.Clock.Advance(TimeSpan.FromSeconds(30));
        await _bench.DeliverAsync();

        var mail = Assert.Single(_bench.Mail.Mails).Message;
        var notice = _bench.Log.Single();
        Assert.Equal((NoticeState.Delivered, 2, rule.Id), (notice.State, notice.Attempts, notice.RuleId));
        Assert.Equal(notice.Id, mail.Headers["Notice-Key"]);
        Assert.StartsWith(notice.Id, mail.MessageId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waited_for_a_receiver_goes_when_it_takes_the_next()
    {
        _bench.AddWebhook();
        _bench.Answer(503);
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source, "one");
        await _bench.DeliverAsync();
        _bench.Answer(200);
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source, "two");
        await _bench.DeliverAsync();

        Assert.All(_bench.Log, notice => Assert.Equal(NoticeState.Delivered, notice.State));
        Assert.Equal(["one", "two", "one"], _bench.Bodies.Select(body => body.GetProperty("datasets")[0].GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData("300", 300)]
    [InlineData("5", 30)]
    [InlineData("86400", 3600)]
    public async Task How_long_the_receiver_asks_to_be_left_alone_counts_within_limits(string asked, int expected)
    {
        _bench.AddWebhook();
        _bench.Answer(429, more: reply => reply.WithHeader("Retry-After", asked));
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Equal(expected, (_bench.Log.Single().DueAt - _bench.Clock.GetUtcNow()).TotalSeconds);
    }

    [Fact]
    public async Task What_was_being_sent_in_a_crash_is_sent_again_with_the_same_key_and_nothing_else_twice()
    {
        _bench.AddWebhook();
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source, "one");
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source, "two");
        _bench.Platform.Part<RunNotices>().LookAtEndedRuns();
        var crashing = new NoticeCourier(
            _bench.Platform.Part<NoticeRuleStore>(),
            _bench.Outbox,
            async (rule, notice, cancellationToken) =>
            {
                await _bench.Platform.Part<NoticeSending>().SendAsync(rule, notice, cancellationToken);
                throw new OperationCanceledException("The process ends between sending and recording.");
            },
            new NoticeOptions(),
            _bench.Clock,
            _bench.Platform.Part<ILogger<NoticeCourier>>());
        await Assert.ThrowsAsync<OperationCanceledException>(() => crashing.DeliverNextAsync(TestPlatform.Cancellation));

        // Another process does not take what this one may still be sending.
        await _bench.DeliverAsync();
        Assert.Single(_bench.Bodies);
        _bench.Clock.Advance(TimeSpan.FromMinutes(11));
        await _bench.DeliverAsync();

        var texts = _bench.Bodies.Select(body => (body.GetProperty("key").GetString(), body.GetProperty("datasets")[0].GetProperty("message").GetString())).ToList();
        Assert.Equal(["one", "one", "two"], texts.Select(text => text.Item2));
        Assert.Equal(2, texts.Distinct().Count());
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_notice_says_so()
    {
        await using var elsewhere = await LoopbackSource.StartAsync(_ => Task.CompletedTask);
        _bench.AddWebhook();
        _bench.Answer(307, "", reply => reply.WithHeader("Location", elsewhere.Address.ToString()));
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Empty(elsewhere.Requests);
        Assert.Contains("sends the notice elsewhere, which is not followed", _bench.Log.Single().Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_without_end_is_read_no_further_than_its_beginning()
    {
        await using var endless = await LoopbackSource.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(new string('x', 64 * 1024), context.RequestAborted);
            }
        });
        _bench.Add(_bench.Draft(NoticeChannel.Webhook), new NoticeSecret(Url: endless.Address.ToString(), SigningKey: NoticeBench.SigningKey));
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Equal(NoticeState.Delivered, _bench.Log.Single().State);
        Assert.InRange(_bench.Log.Single().Answer!.Length, 100, 400);
    }

    [Theory]
    [InlineData("Webhook")]
    [InlineData("Email")]
    public async Task A_receiver_that_does_not_answer_holds_a_notice_up_no_longer_than_the_limit(string channel)
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        var draft = _bench.Draft(Enum.Parse<NoticeChannel>(channel));
        var rule = _bench.Add(
            draft with { Target = draft.Target with { Port = port } },
            draft.Channel == NoticeChannel.Email
                ? null
                : new NoticeSecret(Url: string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"), SigningKey: NoticeBench.SigningKey));
        using var webhooks = new WebhookSender(TimeProvider.System);
        var within = TimeSpan.FromSeconds(0.2);
        var sending = new NoticeSending(
            _bench.Platform.Part<NoticeRuleStore>(), new MailSender(within), webhooks, new NoticeOptions { AnswerWithin = within }, TimeProvider.System);

        var result = await sending.SendAsync(rule, NoticeText.Example(rule, NoticeCause.Test, _bench.Clock.GetUtcNow()), TestPlatform.Cancellation);

        Assert.False(result.IsDelivered);
        Assert.Contains("in time", result.Answer.Replace("within 0.2 s", "in time", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_rule_whose_receiver_is_down_keeps_no_other_waiting()
    {
        var broken = _bench.Add(_bench.Draft(NoticeChannel.Slack), new NoticeSecret(Url: "http://127.0.0.1:1/"));
        var fine = _bench.AddWebhook();
        for (var run = 0; run < 5; run++)
        {
            _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        }

        await _bench.DeliverAsync();
        Assert.All(_bench.Outbox.Newest(fine.Id, 10), notice => Assert.Equal(NoticeState.Delivered, notice.State));
        Assert.Equal(5, _bench.Outbox.Newest(broken.Id, 10).Count(notice => notice is { State: NoticeState.Waiting, Attempts: 1 }));
    }

    [Fact]
    public async Task The_server_delivers_by_itself()
    {
        await using var platform = new TestPlatform();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await LoopbackSource.StartAsync(_ =>
        {
            arrived.TrySetResult();
            return Task.CompletedTask;
        });
        var draft = _bench.Draft(NoticeChannel.Webhook);
        platform.Part<NoticeSetup>().Add(draft, new NoticeSecret(Url: receiver.Address.ToString(), SigningKey: NoticeBench.SigningKey));
        var dataSet = platform.AddDataSet("hello", account: platform.AddAccount("hello"));
        var delivery = platform.Part<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<NoticeDelivery>().Single();
        await delivery.StartAsync(TestPlatform.Cancellation);

        platform.TellHeld(dataSet, "the-run", DateTimeOffset.UtcNow, "Look at it.");

        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), TestPlatform.Cancellation);
        await delivery.StopAsync(TestPlatform.Cancellation);
    }

    [Fact]
    public async Task The_log_is_kept_for_a_while_and_a_trouble_that_goes_on_stays_told()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var broken = _bench.AddDataSet(account);
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        _bench.Run(broken, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();

        _bench.Outbox.Sweep(_bench.Clock.GetUtcNow() - TimeSpan.FromDays(1));
        Assert.Equal(2, _bench.Log.Count);
        _bench.Clock.Advance(TimeSpan.FromDays(31));
        _bench.Outbox.Sweep(_bench.Clock.GetUtcNow() - TimeSpan.FromDays(30));

        Assert.Equal(NoticeCause.Account, Assert.Single(_bench.Log).Cause);
        _bench.Run(broken, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        Assert.Equal(2, _bench.Bodies.Count);
    }
}
