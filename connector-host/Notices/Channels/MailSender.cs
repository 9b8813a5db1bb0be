using System.Net.Security;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace ConnectorPlatform.Host.Notices.Channels;

/// <summary>Sends notices by SMTP.</summary>
/// <param name="within">How long the server may take for one answer.</param>
/// <param name="trust">Decides on the server's certificate; null for what the system trusts.</param>
internal sealed class MailSender(TimeSpan within, RemoteCertificateValidationCallback? trust = null)
{
    /// <returns>What the server said.</returns>
    /// <exception cref="NoticeDeliveryException">The server cannot be reached, is not trusted, or does not take the message.</exception>
    public async Task<string> SendAsync(NoticeRule rule, NoticeSecret secret, Notice notice, NoticeText text, CancellationToken cancellationToken)
    {
        using var client = new TolerantClient { Timeout = (int)within.TotalMilliseconds, ServerCertificateValidationCallback = trust };

        // As HttpClient does: a mail server's own authority often publishes no list of what it revoked.
        client.CheckCertificateRevocation = false;
        using var message = Write(rule.Target, notice, text);
        try
        {
            await client.ConnectAsync(rule.Target.Server!, rule.Target.Port, Encryption(rule.Target), cancellationToken).ConfigureAwait(false);
            if (rule.Target.User is { } user)
            {
                await client.AuthenticateAsync(user, secret.Password ?? "", cancellationToken).ConfigureAwait(false);
            }

            var answer = await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return client.Refused.Count == 0 ? answer : $"{answer} Not taken for {string.Join(", ", client.Refused)}.";
        }
        catch (Exception exception) when (exception is CommandException or ProtocolException or SslHandshakeException or AuthenticationException
            or ServiceNotConnectedException or NotSupportedException or SocketException or IOException or TimeoutException)
        {
            throw new NoticeDeliveryException(InWords(exception, rule.Target), exception);
        }
    }

    /// <exception cref="PlatformException">It is no e-mail address.</exception>
    public static string CheckAddress(string address) =>
        MailboxAddress.TryParse(address, out var parsed) && parsed.Address.IndexOf('@', StringComparison.Ordinal) > 0 && !address.Any(char.IsControl)
            ? address
            : throw new PlatformException(PlatformFault.Input, $"\"{address}\" is no e-mail address; write it as in team@example.com or \"The team <team@example.com>\".");

    private static MimeMessage Write(NoticeTarget target, Notice notice, NoticeText text)
    {
        var message = new MimeMessage
        {
            Subject = text.Subject,
            Date = notice.CreatedAt,
            // The same at every attempt: mail servers and programs drop the second of two with one id.
            MessageId = $"{notice.Id}@connector-platform",
            Body = new BodyBuilder { HtmlBody = text.Body, TextBody = text.Plain }.ToMessageBody(),
        };
        message.From.Add(MailboxAddress.Parse(target.From!));
        message.To.AddRange(target.To.Select(MailboxAddress.Parse));
        message.Headers.Add("Notice-Key", notice.Id);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static SecureSocketOptions Encryption(NoticeTarget target) => target.Encryption switch
    {
        MailEncryption.Implicit => SecureSocketOptions.SslOnConnect,
        MailEncryption.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    private static string InWords(Exception exception, NoticeTarget target)
    {
        var server = $"The mail server {target.Server}:{target.Port}";
        return exception switch
        {
            AuthenticationException => $"{server} does not accept user and password: {exception.Message}",
            SslHandshakeException => $"{server} has no certificate that is trusted, or does not encrypt as the rule says.",
            NotSupportedException when target.Encryption == MailEncryption.StartTls => $"{server} offers no STARTTLS, or no way to sign in: {exception.Message}",
            SmtpCommandException command => $"{server} answered {(int)command.StatusCode} {command.Message}",
            SocketException or IOException => $"{server} cannot be reached, or broke off: {exception.Message}",
            TimeoutException => $"{server} did not answer in time.",
            _ => $"{server} cannot be used: {exception.Message}",
        };
    }

    /// <summary>One address that the server does not know must not keep the notice from the others.</summary>
    private sealed class TolerantClient : SmtpClient
    {
        public List<string> Refused { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
            Refused.Add($"{mailbox.Address} ({(int)response.StatusCode} {response.Response})");

        protected override void OnNoRecipientsAccepted(MimeMessage message) =>
            throw new NoticeDeliveryException($"The mail server takes the message for nobody: {string.Join(", ", Refused)}.");
    }
}
