namespace ConnectorPlatform.Host.Notices;

/// <summary>On what a rule sends notices, and what a notice is about.</summary>
internal enum NoticeCause
{
    /// <summary>Every failed run.</summary>
    Failure,

    /// <summary>A failed run whose DataSet had succeeded before, or had never run.</summary>
    FirstFailure,

    /// <summary>The DataSet, or the account, works again.</summary>
    Recovery,

    /// <summary>The DataSet is older than it may get.</summary>
    Late,

    /// <summary>A safeguard holds a run.</summary>
    Hold,

    /// <summary>The source refuses an account.</summary>
    Account,

    /// <summary>Somebody tries the rule.</summary>
    Test,
}

/// <summary>How a notice travels.</summary>
internal enum NoticeChannel
{
    Email,

    /// <summary>The platform's own JSON, signed.</summary>
    Webhook,

    Slack,
    Teams,
}

/// <summary>How the connection to a mail server is encrypted.</summary>
internal enum MailEncryption
{
    /// <summary>From the first byte.</summary>
    Implicit,

    /// <summary>The server must offer STARTTLS; nothing is sent before it.</summary>
    StartTls,

    /// <summary>Not at all; on loopback only.</summary>
    None,
}

/// <summary>Who is told what, and how. The secret stays in the store.</summary>
internal sealed record NoticeRule
{
    public required string Id { get; init; }

    /// <summary>Unique whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>Null for every DataSet of the platform.</summary>
    public string? DataSetId { get; init; }

    public required IReadOnlyList<NoticeCause> Causes { get; init; }

    public required NoticeChannel Channel { get; init; }

    public required NoticeTarget Target { get; init; }

    /// <summary>A template in place of the built-in one.</summary>
    public string? Subject { get; init; }

    /// <inheritdoc cref="Subject"/>
    public string? Body { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the rule tells of something that happened to that DataSet.</summary>
    public bool Wants(string dataSetId, params ReadOnlySpan<NoticeCause> causes)
    {
        foreach (var cause in causes)
        {
            if (Causes.Contains(cause))
            {
                return DataSetId is null || DataSetId == dataSetId;
            }
        }

        return false;
    }
}

/// <summary>Where notices go, as far as it is no secret.</summary>
internal sealed record NoticeTarget
{
    /// <summary>E-mail addresses.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    public string? From { get; init; }

    /// <summary>The mail server.</summary>
    public string? Server { get; init; }

    public int Port { get; init; }

    public MailEncryption Encryption { get; init; }

    /// <summary>Who signs in to the mail server; null when nobody does.</summary>
    public string? User { get; init; }

    /// <summary>Scheme, host and port of a webhook; the rest of its address is kept as a secret.</summary>
    public string? Origin { get; init; }
}

/// <summary>What of a rule nobody is shown again.</summary>
/// <param name="Password">For the mail server.</param>
/// <param name="Url">The webhook's whole address.</param>
/// <param name="SigningKey">With which the webhook's requests are signed.</param>
internal sealed record NoticeSecret(string? Password = null, string? Url = null, string? SigningKey = null);
