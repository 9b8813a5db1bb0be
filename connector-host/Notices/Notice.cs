namespace ConnectorPlatform.Host.Notices;

internal enum NoticeState
{
    /// <summary>For its time, or for the next attempt.</summary>
    Waiting,

    Delivered,

    /// <summary>Tried for as long as is worth while, without success.</summary>
    GivenUp,
}

/// <summary>One message of one rule, on its way or arrived.</summary>
internal sealed record Notice
{
    /// <summary>The same at every attempt; travels in the message, so that a receiver can tell a repetition.</summary>
    public required string Id { get; init; }

    public required string RuleId { get; init; }

    public required NoticeCause Cause { get; init; }

    /// <summary>The name of the account that it is about, if it is about one.</summary>
    public string? Account { get; init; }

    /// <summary>Since when what it tells lasts.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The DataSets that it tells of, one entry for each.</summary>
    public required IReadOnlyList<NoticeItem> Items { get; init; }

    /// <summary>Whether there were more than a notice lists.</summary>
    public bool HasMore { get; init; }

    public NoticeState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Those that ended.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the receiver said last.</summary>
    public string? Answer { get; init; }
}

/// <summary>What a notice tells of one DataSet.</summary>
internal sealed record NoticeItem
{
    public required string DataSetId { get; init; }

    public required string Name { get; init; }

    public required string Connector { get; init; }

    public required string Message { get; init; }

    public required string WhoActs { get; init; }

    /// <summary>Null where it is about no run.</summary>
    public string? RunId { get; init; }

    public required DateTimeOffset At { get; init; }
}
