using System.Text;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Notices.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>Which rules are accepted, and what becomes of their secrets.</summary>
public sealed class RuleTests : IAsyncLifetime
{
    private const string Password = "correct horse battery staple";

    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("http://hooks.example.com/x", "not encrypted")]
    [InlineData("ftp://hooks.example.com/x", "no web address")]
    [InlineData("hooks.example.com", "no web address")]
    [InlineData("https://user:secret@hooks.example.com/x", "user or password")]
    [InlineData("http://127.0.0.1.example.com/x", "not encrypted")]
    public void A_webhook_is_encrypted_or_on_this_machine(string address, string reason)
    {
        var refused = Assert.Throws<PlatformException>(() => _bench.Add(_bench.Draft(NoticeChannel.Slack), new NoticeSecret(Url: address)));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(address, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hooks.example.com/x")]
    [InlineData("http://localhost:1/x")]
    [InlineData("http://[::1]:1/x")]
    public void An_encrypted_webhook_or_one_on_this_machine_is_accepted(string address) =>
        Assert.Equal(new Uri(address).GetLeftPart(UriPartial.Authority), _bench.Add(_bench.Draft(NoticeChannel.Slack), new NoticeSecret(Url: address)).Target.Origin);

    [Fact]
    public void A_rule_that_could_not_work_is_refused_with_the_reason()
    {
        var mail = _bench.Draft(NoticeChannel.Email);
        void Refused(string reason, NoticeRule draft, NoticeSecret? secret = null) =>
            Assert.Contains(reason, Assert.Throws<PlatformException>(() => _bench.Add(draft, secret)).Message, StringComparison.Ordinal);

        Refused("must be encrypted", mail with { Target = mail.Target with { Server = "mail.example.com" } });
        Refused("is no e-mail address", mail with { Target = mail.Target with { To = ["nobody"] } });
        Refused("is no e-mail address", mail with { Target = mail.Target with { From = "a@example.com\r\nBcc: b@example.com" } });
        Refused("both a user and a password", mail with { Target = mail.Target with { User = "me" } });
        Refused("from 1 to 65535", mail with { Target = mail.Target with { Port = 0 } });
        Refused("is no name of a mail server", mail with { Target = mail.Target with { Server = "not a server" } });
        Refused("signing key of 16", _bench.Draft(NoticeChannel.Webhook), new NoticeSecret(Url: "https://example.com/", SigningKey: "short"));
        Refused("sends on nothing", mail with { Causes = [] });
        Refused("no line breaks", mail with { Name = "a\nb" });
        _bench.Add(mail with { Name = "Same" });
        Refused("already", mail with { Name = "same" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_signs_in_does_so_encrypted(bool isImplicit)
    {
        using var certificate = SmtpReceiver.MakeCertificate();
        await using var server = new SmtpReceiver { Certificate = certificate, IsImplicit = isImplicit, Login = ("me", Password) };
        var rule = AddMail(server, isImplicit ? MailEncryption.Implicit : MailEncryption.StartTls, Password);

        var untrusted = await SendAsync(rule, new MailSender(TimeSpan.FromSeconds(20)));
        var trusted = await SendAsync(rule, new MailSender(TimeSpan.FromSeconds(20), (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString()));

        Assert.False(untrusted.IsDelivered);
        Assert.Contains("no certificate that is trusted", untrusted.Answer, StringComparison.Ordinal);
        Assert.True(trusted.IsDelivered, trusted.Answer);
        var mail = Assert.Single(server.Mails);
        Assert.True(mail is { IsEncrypted: true, IsSignedIn: true });
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_neither_password_nor_notice()
    {
        var seen = new List<string>();
        await using var server = new SmtpReceiver { Login = ("me", Password) };
        server.Instead = line =>
        {
            seen.Add(line);
            return null;
        };

        var result = await SendAsync(AddMail(server, MailEncryption.StartTls, Password), new MailSender(TimeSpan.FromSeconds(20)));

        Assert.False(result.IsDelivered);
        Assert.Contains("offers no STARTTLS", result.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain(seen, line => line.StartsWith("AUTH", StringComparison.Ordinal) || line.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it_even_when_the_server_repeats_it()
    {
        await using var server = new SmtpReceiver { Login = ("me", "another") };
        server.Instead = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? $"535 no: {line} {Password} {Uri.EscapeDataString(Password)}" : null;
        var rule = AddMail(server, MailEncryption.None, Password);
        var result = await SendAsync(rule, new MailSender(TimeSpan.FromSeconds(20)));

        Assert.Contains("does not accept user and password", result.Answer, StringComparison.Ordinal);
        AssertNoSecret(result.Answer, Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0me\0{Password}")));
    }

    [Fact]
    public async Task No_secret_stands_in_the_store_the_log_or_an_answer()
    {
        const string Path = "services/T0123456/B0123456/AbCdEfGhIjKlMnOpQrStUvWx";
        _bench.Answer(400, "ignored", reply => reply.WithBody(request => $"no such hook: {request.Url} {request.Path} {Path[9..]} AbCdEfGhIjKlMnOpQrStUvWx {NoticeBench.SigningKey}"));
        _bench.Add(_bench.Draft(NoticeChannel.Webhook), new NoticeSecret(Url: $"{_bench.Hooks.Url}/{Path}", SigningKey: NoticeBench.SigningKey));
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        var notice = _bench.Log.Single();
        Assert.StartsWith("The receiver answered 400 no such hook", notice.Answer, StringComparison.Ordinal);
        string[] secrets = [NoticeBench.SigningKey, .. Path.Split('/')[1..]];
        AssertNoSecret(notice.Answer!, secrets);
        AssertNoSecret(string.Join("\n", _bench.Platform.Log.Lines), secrets);
        AssertNoSecret(System.Text.Json.JsonSerializer.Serialize(_bench.Platform.Part<NoticeRuleStore>().List()), secrets);
        foreach (var file in Directory.EnumerateFiles(_bench.Platform.DataFolder, "metadata.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            AssertNoSecret(await reader.ReadToEndAsync(TestPlatform.Cancellation), secrets);
        }
    }

    [Fact]
    public async Task A_secret_that_is_cut_at_the_end_of_what_is_read_is_not_shown_in_part()
    {
        var secret = string.Concat(Enumerable.Range(1, 60).Select(number => $"{number:00}x"));
        _bench.Answer(400, string.Concat(Enumerable.Repeat(secret, 50)));
        _bench.Add(_bench.Draft(NoticeChannel.Slack), new NoticeSecret(Url: $"{_bench.Hooks.Url}/{secret}"));
        _bench.Run(_bench.AddDataSet(), RunFailureKind.Source);
        await _bench.DeliverAsync();

        AssertNoSecret(_bench.Log.Single().Answer!, secret[..6]);
    }

    private NoticeRule AddMail(SmtpReceiver server, MailEncryption encryption, string password)
    {
        var draft = _bench.Draft(NoticeChannel.Email);
        return _bench.Add(draft with { Target = draft.Target with { Port = server.Port, Encryption = encryption, User = "me" } }, new NoticeSecret(password));
    }

    private async Task<SendingResult> SendAsync(NoticeRule rule, MailSender mail)
    {
        using var webhooks = new WebhookSender(TimeProvider.System);
        var sending = new NoticeSending(_bench.Platform.Part<NoticeRuleStore>(), mail, webhooks, new NoticeOptions(), TimeProvider.System);
        return await sending.SendAsync(rule, NoticeText.Example(rule, NoticeCause.Test, _bench.Clock.GetUtcNow()), TestPlatform.Cancellation);
    }

    private static void AssertNoSecret(string text, params string[] secrets) =>
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
}
