namespace ConnectorPlatform.Host.Notices;

/// <summary>What happened to a DataSet, as far as somebody may want to know of it.</summary>
internal enum Happening
{
    /// <summary>A run failed, for another reason than its account.</summary>
    RunFailed,

    /// <summary>A run failed because the source refuses the account.</summary>
    AccountRefused,

    /// <summary>A run succeeded.</summary>
    RunSucceeded,

    /// <summary>The DataSet is older than it may get.</summary>
    DataSetLate,

    /// <summary>A safeguard holds a run until somebody decides.</summary>
    RunHeld,
}

/// <summary>One thing that happened to one DataSet. Telling it twice sends nothing twice.</summary>
internal sealed record NoticeEvent
{
    public required Happening Happening { get; init; }

    public required NoticeDataSet DataSet { get; init; }

    /// <summary>Null for sample data.</summary>
    public NoticeAccount? Account { get; init; }

    /// <summary>Whether the DataSet's run before ended the other way: the first failure after a success, the first success after a failure.</summary>
    public bool IsTurn { get; init; }

    /// <summary>What sets it apart from others of its kind: the run's id; for a late DataSet the instant since which it is late.</summary>
    public required string Occasion { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Since when it has been so, when that was before it was seen.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the run began; what it shows about the account it shows as of then.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What happened, for the user, without secrets.</summary>
    public string Message { get; init; } = "";

    /// <summary>Who must act, in words.</summary>
    public string WhoActs { get; init; } = "";
}

internal sealed record NoticeDataSet(string Id, string Name, string Connector);

internal sealed record NoticeAccount(string Id, string Name);
