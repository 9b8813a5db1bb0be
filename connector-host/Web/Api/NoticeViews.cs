using System.ComponentModel;
using ConnectorPlatform.Host.Notices;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>Who is told what, and how; without secrets.</summary>
internal sealed record NoticeRuleView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    [Description("The id of the DataSet that it tells of; null for all.")]
    public required string? DataSet { get; init; }

    public required IReadOnlyList<NoticeCause> On { get; init; }

    public required NoticeChannel Channel { get; init; }

    [Description("E-mail: the receivers.")]
    public required IReadOnlyList<string> To { get; init; }

    [Description("E-mail: the sender.")]
    public required string? From { get; init; }

    [Description("E-mail: the mail server and its port.")]
    public required string? Server { get; init; }

    [Description("E-mail: how the connection is encrypted.")]
    public required MailEncryption Encryption { get; init; }

    [Description("E-mail: who signs in to the mail server.")]
    public required string? User { get; init; }

    [Description("Webhooks: scheme, host and port of the address; the rest may be a secret.")]
    public required string? Origin { get; init; }

    public required string? Subject { get; init; }

    public required string? Body { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static NoticeRuleView Of(NoticeRule rule) => new()
    {
        Id = rule.Id,
        Name = rule.Name,
        DataSet = rule.DataSetId,
        On = rule.Causes,
        Channel = rule.Channel,
        To = rule.Target.To,
        From = rule.Target.From,
        Server = rule.Target.Server is { } server ? $"{server}:{rule.Target.Port}" : null,
        Encryption = rule.Target.Encryption,
        User = rule.Target.User,
        Origin = rule.Target.Origin,
        Subject = rule.Subject,
        Body = rule.Body,
        CreatedAt = rule.CreatedAt,
    };
}

/// <summary>A rule to be added.</summary>
internal sealed record NoticeRuleBody
{
    public required string Name { get; init; }

    [Description("The id or name of the DataSet that it tells of; all by default.")]
    public string? DataSet { get; init; }

    public required IReadOnlyList<NoticeCause> On { get; init; }

    public required NoticeChannel Channel { get; init; }

    [Description("E-mail: the receivers.")]
    public IReadOnlyList<string> To { get; init; } = [];

    [Description("E-mail: the sender.")]
    public string? From { get; init; }

    [Description("E-mail: the mail server.")]
    public string? Server { get; init; }

    [Description("E-mail: the mail server's port.")]
    public int Port { get; init; } = 587;

    [Description("E-mail: how the connection is encrypted; none is for this machine only.")]
    public MailEncryption Encryption { get; init; } = MailEncryption.StartTls;

    [Description("E-mail: who signs in to the mail server.")]
    public string? User { get; init; }

    [Description("E-mail: the password of the user. Never shown again.")]
    public string? Password { get; init; }

    [Description("Webhooks: the address. Never shown again but for its host.")]
    public string? Url { get; init; }

    [Description("Webhook: the key with which requests are signed. Never shown again.")]
    public string? SigningKey { get; init; }

    [Description("A template in place of the built-in one.")]
    public string? Subject { get; init; }

    [Description("A template in place of the built-in one.")]
    public string? Body { get; init; }

    public NoticeRule ToRule(string? dataSetId) => new()
    {
        Id = "",
        Name = Name,
        DataSetId = dataSetId,
        Causes = [.. On.Distinct()],
        Channel = Channel,
        Target = Channel == NoticeChannel.Email
            ? new NoticeTarget { To = To, From = From, Server = Server, Port = Port, Encryption = Encryption, User = User }
            : new NoticeTarget(),
        Subject = Subject,
        Body = Body,
        CreatedAt = default,
    };
}

/// <summary>What the receiver said to a test.</summary>
internal sealed record NoticeTestView(bool IsDelivered, string Answer);

/// <summary>A notice, and what became of it.</summary>
internal sealed record NoticeView
{
    public required string Id { get; init; }

    [Description("The rule's id.")]
    public required string Rule { get; init; }

    public required NoticeCause On { get; init; }

    public required string Headline { get; init; }

    [Description("The names of the DataSets that it tells of.")]
    public required IReadOnlyList<string> DataSets { get; init; }

    public required NoticeState State { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    [Description("When the next attempt is due.")]
    public required DateTimeOffset? NextAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public required string? Answer { get; init; }

    public static NoticeView Of(Notice notice) => new()
    {
        Id = notice.Id,
        Rule = notice.RuleId,
        On = notice.Cause,
        Headline = NoticeTexts.Headline(notice),
        DataSets = [.. notice.Items.Select(item => item.Name)],
        State = notice.State,
        Attempts = notice.Attempts,
        CreatedAt = notice.CreatedAt,
        NextAt = notice.State == NoticeState.Waiting ? notice.DueAt : null,
        EndedAt = notice.EndedAt,
        Answer = notice.Answer,
    };
}
