using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>What arrives at real receivers.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("Email")]
    [InlineData("Webhook")]
    [InlineData("Slack")]
    [InlineData("Teams")]
    public async Task Everything_that_happens_is_told_on_every_channel(string name)
    {
        var channel = Enum.Parse<NoticeChannel>(name);
        _bench.Add(_bench.Draft(channel));
        var account = _bench.AddAccount();
        var (sales, orders) = (_bench.AddDataSet(), _bench.AddDataSet(account));
        var notices = _bench.Platform.Part<RunNotices>();

        _bench.Run(sales, RunFailureKind.Source, "The source is down.");
        await _bench.DeliverAsync();
        _bench.Run(sales);
        await _bench.DeliverAsync();
        _bench.Run(orders, RunFailureKind.Credentials, "The source refuses the account.");
        await _bench.DeliverGroupsAsync();
        _bench.Run(orders);
        await _bench.DeliverGroupsAsync();
        notices.TellLate(sales.Id, _bench.Clock.GetUtcNow(), _bench.Clock.GetUtcNow(), "It is 3 hours old and may be 2.");
        await _bench.DeliverAsync();
        _bench.Platform.TellHeld(sales, "the-run", _bench.Clock.GetUtcNow(), "The column \"price\" has vanished.");
        await _bench.DeliverAsync();

        var told = Told(channel);
        Assert.Equal(
            [
                $"DataSet \"{sales.Name}\" failed",
                $"DataSet \"{sales.Name}\" works again",
                $"Account \"{account.Name}\" is refused by its source: DataSet \"{orders.Name}\" fails",
                $"Account \"{account.Name}\" works again",
                $"DataSet \"{sales.Name}\" is late",
                $"A run of DataSet \"{sales.Name}\" waits for approval",
            ],
            told.Select(notice => notice.Subject));
        Assert.All(
            told.Zip(["The source is down.", "0 rows", "The source refuses the account.", "0 rows", "It is 3 hours old", "has vanished"]),
            pair => Assert.Contains(pair.Second, pair.First.Body, StringComparison.Ordinal));
        Assert.All(_bench.Log, notice => Assert.Equal(NoticeState.Delivered, notice.State));
    }

    [Fact]
    public async Task The_built_in_text_tells_what_happened_who_acts_and_which_DataSets()
    {
        var rule = _bench.Add(_bench.Draft(NoticeChannel.Webhook) with { Name = "team" });
        var account = _bench.AddAccount();
        var (first, second) = (_bench.AddDataSet(account, "Sales"), _bench.AddDataSet(account, "Orders"));
        var run = _bench.Run(first, RunFailureKind.Source, "The source is down.");
        await _bench.DeliverAsync();
        _bench.Run(first, RunFailureKind.Credentials, "The source refuses the account.");
        _bench.Run(second, RunFailureKind.Credentials, "The source refuses the account.");
        await _bench.DeliverGroupsAsync();

        Assert.Equal(
            [
                $"""
                DataSet "Sales" failed.

                The source is down. {run.Failure!.WhoActs}

                2026-10-30 12:00:01 UTC, told by the rule "{rule.Name}". Run {run.Id}.
                """,
                $"""
                Account "{account.Name}" is refused by its source: 2 DataSets fail.

                The source refuses the account. The account's owner must reconnect the account.

                DataSets:
                - Sales (hello)
                - Orders (hello)

                Since 2026-10-30 12:00:02 UTC. 2026-10-30 12:00:02 UTC, told by the rule "team". Run {_bench.Log[0].Items[0].RunId}.
                """,
            ],
            _bench.Bodies.Select(body => body.GetProperty("text").GetString()!.ReplaceLineEndings()));
    }

    [Fact]
    public async Task A_receiver_that_knows_the_key_can_check_the_signature()
    {
        _bench.AddWebhook();
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source, "Umlauts: ä, beyond: 🚀");
        await _bench.DeliverAsync();

        var request = Assert.Single(_bench.Hooks.LogEntries).RequestMessage!;
        var timestamp = request.Headers![WebhookSender.TimestampHeader].Single();
        var signature = request.Headers[WebhookSender.SignatureHeader].Single();
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. request.BodyAsBytes!];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(NoticeBench.SigningKey), signed);
        Assert.Equal($"v1={Convert.ToHexStringLower(mac)}", signature);
        Assert.Equal(_bench.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), timestamp);
        Assert.Equal(_bench.Log.Single().Id, request.Headers[WebhookSender.KeyHeader].Single());
        Assert.Contains("🚀", _bench.Bodies.Single().GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_text_everywhere()
    {
        const string Name = "<script>alert(1)</script> <!channel> [link](https://example.com) & co";
        foreach (var channel in new[] { NoticeChannel.Email, NoticeChannel.Slack, NoticeChannel.Teams })
        {
            _bench.Add(_bench.Draft(channel));
        }

        _bench.Run(_bench.AddDataSet(name: Name), RunFailureKind.Source, "<b>bold</b> <@U123>");
        await _bench.DeliverAsync();

        var html = _bench.Mail.Mails.Single().Message.HtmlBody;
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        var slack = _bench.Bodies.Single(body => body.TryGetProperty("blocks", out _));
        Assert.DoesNotContain("<", slack.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("<", slack.GetProperty("blocks")[1].GetProperty("text").GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("plain_text", slack.GetProperty("blocks")[0].GetProperty("text").GetProperty("type").GetString());
        var card = _bench.Bodies.Single(body => body.TryGetProperty("attachments", out _)).GetProperty("attachments")[0].GetProperty("content");
        Assert.Equal("AdaptiveCard", card.GetProperty("type").GetString());
        Assert.All(card.GetProperty("body").EnumerateArray(), block => Assert.Equal("RichTextBlock", block.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_line_break_in_a_name_begins_no_header()
    {
        _bench.Add(_bench.Draft(NoticeChannel.Email) with { Name = "Rule", Subject = "{{ dataset }} {{ message }}" });
        _bench.Run(_bench.AddDataSet(name: "Sales\r\nBcc: all@example.com\nX-Other: 1"), RunFailureKind.Source, "first\r\n\r\nbody");
        await _bench.DeliverAsync();

        var mail = _bench.Mail.Mails.Single();
        Assert.Equal(["team@example.com"], mail.Receivers);
        Assert.Equal("Sales Bcc: all@example.com X-Other: 1 first body", mail.Message.Subject);
        Assert.DoesNotContain(mail.Message.Headers, header => header.Field is "Bcc" or "X-Other");
        Assert.Equal(
            ["From", "Date", "Subject", "Message-Id", "To", "Notice-Key", "Auto-Submitted", "MIME-Version", "Content-Type"],
            mail.Message.Headers.Select(header => header.Field).Concat(mail.Message.Body!.Headers.Select(header => header.Field)).Distinct());
    }

    [Fact]
    public async Task An_address_that_the_mail_server_does_not_know_keeps_the_notice_from_nobody_else()
    {
        var draft = _bench.Draft(NoticeChannel.Email);
        _bench.Add(draft with { Target = draft.Target with { To = ["gone@example.com", "team@example.com"] } });
        _bench.Mail.Instead = line => line.Contains("gone@", StringComparison.Ordinal) ? "550 no such user" : null;
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Equal(["team@example.com"], _bench.Mail.Mails.Single().Receivers);
        Assert.Contains("gone@example.com (550 no such user)", _bench.Log.Single().Answer, StringComparison.Ordinal);
        Assert.Equal(NoticeState.Delivered, _bench.Log.Single().State);
    }

    private IReadOnlyList<(string Subject, string Body)> Told(NoticeChannel channel) => channel switch
    {
        NoticeChannel.Email => [.. _bench.Mail.Mails.Select(mail => (mail.Message.Subject!, mail.Message.TextBody! + mail.Message.HtmlBody))],
        NoticeChannel.Webhook => [.. _bench.Bodies.Select(body => (Text(body, "subject"), Text(body, "text")))],
        NoticeChannel.Slack => [.. _bench.Bodies.Select(body => (Text(body.GetProperty("blocks")[0].GetProperty("text"), "text"), Text(body.GetProperty("blocks")[1].GetProperty("text"), "text")))],
        _ =>
        [
            .. _bench.Bodies
                .Select(body => body.GetProperty("attachments")[0].GetProperty("content").GetProperty("body").EnumerateArray().Select(block => Text(block.GetProperty("inlines")[0], "text")).ToList())
                .Select(lines => (lines[0], string.Join('\n', lines.Skip(1)))),
        ],
    };

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
