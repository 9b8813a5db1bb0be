using ConnectorPlatform.Host.Notices.Channels;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Notices;

/// <summary>Checks rules before they are stored.</summary>
internal sealed class NoticeSetup(NoticeRuleStore rules, TimeProvider time)
{
    private const int ShortestSigningKey = 16;
    private const int LongestName = 100;

    /// <param name="draft">The rule; id and time are given here.</param>
    /// <param name="secret">Its secret.</param>
    /// <exception cref="PlatformException">It could not work: the message says what is wrong.</exception>
    public NoticeRule Add(NoticeRule draft, NoticeSecret secret)
    {
        if (draft.Name.Length is 0 or > LongestName || draft.Name.Any(char.IsControl))
        {
            throw Wrong($"A rule's name has 1 to {LongestName} characters and no line breaks.", "name");
        }

        if (draft.Causes.Count == 0)
        {
            throw Wrong("The rule sends on nothing; name what it sends on.", "on");
        }

        var rule = (draft.Channel == NoticeChannel.Email ? CheckMail(draft, secret) : CheckWebhook(draft, secret)) with
        {
            Id = Identifier.New(),
            CreatedAt = time.GetUtcNow(),
        };
        if (NoticeText.Check(rule) is { Count: > 0 } flaws)
        {
            throw Wrong(string.Join(" ", flaws), null);
        }

        rules.Add(rule, secret);
        return rule;
    }

    private static NoticeRule CheckMail(NoticeRule rule, NoticeSecret secret)
    {
        var target = rule.Target;
        if (MissingOf(target) is { } missing)
        {
            throw Wrong("A rule that sends e-mail needs receivers, a sender, and a mail server with its port, as in mail.example.com:587.", missing);
        }

        CheckAddresses(target.To, "to");
        CheckAddresses([target.From!], "from");

        if (target.Port is < 1 or > 65535)
        {
            throw Wrong("The port is a number from 1 to 65535; 587 is usual.", "port");
        }

        var server = target.Server!;
        if (Uri.CheckHostName(server) == UriHostNameType.Unknown)
        {
            throw Wrong($"\"{server}\" is no name of a mail server.", "server");
        }

        if (target.Encryption == MailEncryption.None && !NoticeAddress.IsLoopback(server))
        {
            throw Wrong($"Mail to {server} must be encrypted: choose starttls or implicit. Only on this machine it may go without.", "encryption");
        }

        if ((target.User is null) != string.IsNullOrEmpty(secret.Password))
        {
            throw Wrong("To sign in to the mail server give both a user and a password; to send without signing in, neither.", target.User is null ? "user" : "password");
        }

        return rule;
    }

    private static NoticeRule CheckWebhook(NoticeRule rule, NoticeSecret secret)
    {
        if (string.IsNullOrWhiteSpace(secret.Url))
        {
            throw Wrong("A webhook needs its address.", "url");
        }

        var address = About("url", () => NoticeAddress.Check(secret.Url, isSecret: true));
        if (rule.Channel == NoticeChannel.Webhook && (secret.SigningKey is null || secret.SigningKey.Length < ShortestSigningKey))
        {
            throw Wrong($"A webhook needs a signing key of {ShortestSigningKey} characters or more, which the receiver knows too; \"openssl rand -hex 32\" makes one.", "signingKey");
        }

        return rule with { Target = new NoticeTarget { Origin = NoticeAddress.Origin(address) } };
    }

    private static string? MissingOf(NoticeTarget target) =>
        target.To.Count == 0 ? "to"
        : target.From is null ? "from"
        : string.IsNullOrWhiteSpace(target.Server) ? "server"
        : null;

    private static void CheckAddresses(IEnumerable<string> addresses, string field)
    {
        foreach (var address in addresses)
        {
            About(field, () => MailSender.CheckAddress(address));
        }
    }

    private static T About<T>(string field, Func<T> check)
    {
        try
        {
            return check();
        }
        catch (PlatformException exception)
        {
            throw new PlatformException(exception.Fault, exception.Message, exception) { Field = field };
        }
    }

    private static PlatformException Wrong(string message, string? field) => new(PlatformFault.Input, message) { Field = field };
}
