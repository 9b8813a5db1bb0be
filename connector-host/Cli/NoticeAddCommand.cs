using System.CommandLine;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Channels;

namespace ConnectorPlatform.Host.Cli;

/// <summary><c>notice add</c>.</summary>
internal static class NoticeAddCommand
{
    public const string SecretVariable = "CONNECTOR_PLATFORM_NOTICE_SECRET";

    private static readonly NoticeCause[] UsualCauses =
        [NoticeCause.FirstFailure, NoticeCause.Recovery, NoticeCause.Late, NoticeCause.Hold, NoticeCause.Account];

    private static readonly Argument<string> Name = new("name") { Description = "A name that you recognise the rule by." };

    private static readonly Option<NoticeChannel> Channel = new("--channel") { Description = "How notices travel.", Required = true };

    private static readonly Option<string[]> On = new("--on")
    {
        Description = $"What to tell: {string.Join(", ", Known.Select(NoticeTemplates.NameOf))}. By default {string.Join(", ", UsualCauses.Select(NoticeTemplates.NameOf))}.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> DataSet = new("--dataset") { Description = "Tell of this DataSet alone; by default of all." };

    private static readonly Option<string[]> To = new("--to") { Description = "E-mail: the receivers.", AllowMultipleArgumentsPerToken = true };

    private static readonly Option<string?> From = new("--from") { Description = "E-mail: the sender." };

    private static readonly Option<string?> Server = new("--server") { Description = "E-mail: the mail server and its port, as in mail.example.com:587." };

    private static readonly Option<MailEncryption> Encryption = new("--encryption")
    {
        Description = "E-mail: how the connection is encrypted; none is for this machine only.",
        DefaultValueFactory = _ => MailEncryption.StartTls,
    };

    private static readonly Option<string?> User = new("--user") { Description = "E-mail: who signs in to the mail server." };

    private static readonly Option<string?> Url = new("--url") { Description = "Webhook: its address, when no secret is in it." };

    private static readonly Option<string?> Subject = new("--subject") { Description = "A template for the subject, or @FILE." };

    private static readonly Option<string?> Body = new("--body") { Description = "A template for the body, or @FILE." };

    private static IEnumerable<NoticeCause> Known => Enum.GetValues<NoticeCause>().Where(cause => cause != NoticeCause.Test);

    public static Command Create()
    {
        var command = new Command(
            "add",
            "Add a rule. Its secret is read from standard input, or from the environment variable " + SecretVariable + ": for e-mail with --user the password, " +
            "for slack and teams the webhook's address, for a webhook the signing key, on a line of its own after the address when there is no --url.")
        {
            Name, Channel, On, DataSet, To, From, Server, Encryption, User, Url, Subject, Body,
        };
        command.Does(AddAsync);
        return command;
    }

    private static async Task<int> AddAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var channel = invocation.Value(Channel);
        var draft = new NoticeRule
        {
            Id = "",
            Name = invocation.Value(Name),
            DataSetId = invocation.Value(DataSet) is { } dataSet ? invocation.Part<DataSetConfigurationStore>().Get(dataSet).Id : null,
            Causes = invocation.Value(On) is { Length: > 0 } on ? [.. on.Select(CauseOf).Distinct()] : UsualCauses,
            Channel = channel,
            Target = channel == NoticeChannel.Email ? Mail(invocation) : new NoticeTarget(),
            Subject = Template(invocation.Value(Subject)),
            Body = Template(invocation.Value(Body)),
            CreatedAt = default,
        };
        var rule = invocation.Part<NoticeSetup>().Add(draft, await ReadSecretAsync(invocation, cancellationToken).ConfigureAwait(false));
        invocation.Output.Write(rule, () => invocation.Output.Line($"Notice rule \"{rule.Name}\" added. \"notice test\" tries it; notices are delivered while \"serve\" runs."));
        return ExitCode.Success;
    }

    private static NoticeCause CauseOf(string name) =>
        Known.Cast<NoticeCause?>().FirstOrDefault(cause => NoticeTemplates.NameOf(cause!.Value).Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new PlatformException(
            PlatformFault.Input, $"\"{name}\" is nothing that notices tell; choose from {string.Join(", ", Known.Select(NoticeTemplates.NameOf))}.");

    private static NoticeTarget Mail(Invocation invocation)
    {
        var server = invocation.Value(Server) ?? "";
        var colon = server.LastIndexOf(':');
        return new NoticeTarget
        {
            To = invocation.Value(To) ?? [],
            From = invocation.Value(From),
            Server = colon < 0 ? server : server[..colon].Trim('[', ']'),
            Port = colon >= 0 && int.TryParse(server[(colon + 1)..], out var port) ? port : 0,
            Encryption = invocation.Value(Encryption),
            User = invocation.Value(User),
        };
    }

    private static async Task<NoticeSecret> ReadSecretAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var channel = invocation.Value(Channel);
        var url = invocation.Value(Url);
        if (url is not null && (channel != NoticeChannel.Webhook || NoticeAddress.Check(url, isSecret: true).Query.Length > 0))
        {
            throw new PlatformException(
                PlatformFault.Input, "That address may hold a secret: leave --url out and give the address on standard input, before the signing key if there is one.");
        }

        if (channel == NoticeChannel.Email && invocation.Value(User) is null)
        {
            return new NoticeSecret();
        }

        var text = Environment.GetEnvironmentVariable(SecretVariable) ?? await Console.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return (channel, lines) switch
        {
            (NoticeChannel.Email, [var password]) => new NoticeSecret(Password: password),
            (NoticeChannel.Slack or NoticeChannel.Teams, [var address]) => new NoticeSecret(Url: address.Trim()),
            (NoticeChannel.Webhook, [var key]) when url is not null => new NoticeSecret(Url: url, SigningKey: key.Trim()),
            (NoticeChannel.Webhook, [var address, var key]) when url is null => new NoticeSecret(Url: address.Trim(), SigningKey: key.Trim()),
            _ => throw new PlatformException(
                PlatformFault.Input, $"The secret of this rule is {(channel == NoticeChannel.Webhook && url is null ? "two lines, the address and the signing key" : "one line")}; {lines.Length} were given."),
        };
    }

    private static string? Template(string? text) => text is ['@', ..] ? Options.ReadFile(text[1..]) : text;
}
