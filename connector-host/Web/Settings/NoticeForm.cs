using System.Globalization;
using ConnectorPlatform.Host.Notices;

namespace ConnectorPlatform.Host.Web.Settings;

/// <summary>A notice rule as it is filled in on the page. Secrets go into the store, and never back to the page.</summary>
internal sealed record NoticeForm
{
    /// <summary>What most people want to be told.</summary>
    private static readonly NoticeCause[] UsualCauses = [NoticeCause.FirstFailure, NoticeCause.Recovery, NoticeCause.Late, NoticeCause.Hold, NoticeCause.Account];

    private static readonly (NoticeCause Cause, string Title)[] Causes =
    [
        (NoticeCause.FirstFailure, "A run fails after one that succeeded"),
        (NoticeCause.Failure, "Every failed run"),
        (NoticeCause.Recovery, "It works again"),
        (NoticeCause.Late, "A DataSet is older than it may get"),
        (NoticeCause.Hold, "A run waits for approval"),
        (NoticeCause.Account, "A source refuses an account"),
    ];

    public string Name { get; init; } = "";

    public NoticeChannel Channel { get; init; } = NoticeChannel.Email;

    public IReadOnlyList<NoticeCause> On { get; init; } = UsualCauses;

    /// <summary>A DataSet's name; empty for all.</summary>
    public string DataSet { get; init; } = "";

    public string To { get; init; } = "";

    public string From { get; init; } = "";

    public string Server { get; init; } = "";

    public string Port { get; init; } = "587";

    public MailEncryption Encryption { get; init; } = MailEncryption.StartTls;

    public string User { get; init; } = "";

    public static NoticeForm Read(IFormCollection form) => new()
    {
        Name = form["name"].ToString().Trim(),
        Channel = Enum.TryParse<NoticeChannel>(form["channel"], out var channel) ? channel : NoticeChannel.Email,
        On = [.. form["on"].Select(text => Causes.FirstOrDefault(cause => cause.Cause.ToString() == text)).Where(cause => cause.Title is not null).Select(cause => cause.Cause).Distinct()],
        DataSet = form["dataset"].ToString().Trim(),
        To = form["to"].ToString(),
        From = form["from"].ToString().Trim(),
        Server = form["server"].ToString().Trim(),
        Port = form["port"].ToString().Trim(),
        Encryption = Enum.TryParse<MailEncryption>(form["encryption"], out var encryption) ? encryption : MailEncryption.StartTls,
        User = form["user"].ToString().Trim(),
    };

    public static NoticeSecret ReadSecret(IFormCollection form) => new(Text(form["password"].ToString()), Text(form["url"].ToString().Trim()), Text(form["key"].ToString().Trim()));

    public NoticeRule ToRule(string? dataSetId) => new()
    {
        Id = "",
        Name = Name,
        DataSetId = dataSetId,
        Causes = On,
        Channel = Channel,
        Target = Channel != NoticeChannel.Email ? new NoticeTarget() : new NoticeTarget
        {
            To = To.Split([',', ';', '\n', '\r', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            From = Text(From),
            Server = Server,
            Port = int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : 0,
            Encryption = Encryption,
            User = Text(User),
        },
        CreatedAt = default,
    };

    /// <summary>As the template shows it.</summary>
    public object ToModel() => new
    {
        Name,
        DataSet,
        To,
        From,
        Server,
        Port,
        User,
        Channels = Enum.GetValues<NoticeChannel>().Select(channel => new { Value = channel.ToString(), Title = TitleOf(channel), IsChosen = channel == Channel }).ToList(),
        Causes = Causes.Select(cause => new { Value = cause.Cause.ToString(), cause.Title, IsChosen = On.Contains(cause.Cause) }).ToList(),
        Encryptions = new[] { (Value: MailEncryption.StartTls, Title: "STARTTLS (usual with port 587)"), (Value: MailEncryption.Implicit, Title: "From the first byte (usual with port 465)"), (Value: MailEncryption.None, Title: "Not at all (only on this machine)") }
            .Select(choice => new { Value = choice.Value.ToString(), choice.Title, IsChosen = choice.Value == Encryption }).ToList(),
    };

    public static string TitleOf(NoticeChannel channel) => channel switch
    {
        NoticeChannel.Email => "E-mail",
        NoticeChannel.Webhook => "Webhook (signed JSON)",
        NoticeChannel.Teams => "Microsoft Teams",
        _ => channel.ToString(),
    };

    public static string TitleOf(NoticeCause cause) => Causes.FirstOrDefault(known => known.Cause == cause).Title ?? cause.ToString();

    private static string? Text(string text) => text.Length == 0 ? null : text;
}

/// <summary>What is wrong with a filled form.</summary>
/// <param name="Field">Which control, as the API names it; empty for none or several.</param>
internal sealed record NoticeTrouble(string Field, string Message)
{
    public static NoticeTrouble None { get; } = new("", "");

    public IReadOnlyList<object> Links => Message.Length == 0 ? [] : [new { Target = Field.Length == 0 ? "" : $"notice-{Field}", Message }];
}
