using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs;

internal enum RunState
{
    Queued,
    Running,
    Succeeded,

    /// <summary>The data is stored, and something about it should be looked at.</summary>
    SucceededWithWarnings,

    /// <summary>A safeguard found the run doubtful: its records wait until somebody approves or rejects them.</summary>
    Held,

    Failed,
    Cancelled,
}

/// <summary>What a run is doing.</summary>
internal enum RunPhase
{
    /// <summary>Opening the DataSet, the account and the connector.</summary>
    Preparing,

    /// <summary>Reading from the source and staging.</summary>
    Reading,

    /// <summary>Publishing what was read.</summary>
    Committing,

    /// <summary>For its turn, or between two attempts.</summary>
    Waiting,

    Ended,
}

/// <summary>Who asked for the run.</summary>
internal enum RunTrigger
{
    Manual,
    Schedule,

    /// <summary>Somebody takes the last run back.</summary>
    Undo,

    /// <summary>Somebody stores what is in the quarantine.</summary>
    Replay,

    /// <summary>A slice of a backfill.</summary>
    Backfill,

    /// <summary>The server, for a run that the end of its process interrupted.</summary>
    Resume,
}

/// <summary>Who must act; the connector's kinds and the operator.</summary>
internal enum RunFailureKind
{
    Credentials,
    Details,
    Source,
    Connector,

    /// <summary>The operator: disk, data folder, or the platform itself.</summary>
    Platform,
}

/// <summary>Why a run failed.</summary>
/// <param name="Message">What happened and what to do, for the user.</param>
internal sealed record RunFailure(RunFailureKind Kind, string Message)
{
    /// <summary>Who must act, in words.</summary>
    public string WhoActs => Kind == RunFailureKind.Platform
        ? "The operator must look at the platform."
        : FailureTable.Action(Enum.Parse<FailureKind>(Kind.ToString()));
}

/// <summary>One execution, as the metadata store records it. The DataSet's own ledger is the truth about its rows.</summary>
internal sealed record RunRecord
{
    public required string Id { get; init; }

    public required string DataSetId { get; init; }

    /// <summary>Greater than that of every earlier run of the DataSet; 0 until the record is stored.</summary>
    public long Fence { get; init; }

    /// <summary>The process that executes the run, as <see cref="Metadata.DataFolder.Instance"/> names it.</summary>
    public required string Instance { get; init; }

    public required RunTrigger Trigger { get; init; }

    public required string ConnectorVersion { get; init; }

    /// <summary>The details that the run uses, as they were when it began.</summary>
    public required JsonElement Details { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    /// <summary>The DataSet's rules as they were when the run began.</summary>
    public DataSetRules Rules { get; init; } = new();

    /// <summary>The run that took this one back.</summary>
    public string? UndoneBy { get; init; }

    public required RunState State { get; init; }

    public required RunPhase Phase { get; init; }

    public int Attempts { get; init; } = 1;

    /// <summary>The attempts that failed and were followed by another.</summary>
    public IReadOnlyList<FailedTry> Tries { get; init; } = [];

    /// <summary>What a run that is queued or between attempts waits for; null when it does not wait.</summary>
    public string? WaitingFor { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public RunCounts Counts { get; init; } = new();

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public RunFailure? Failure { get; init; }

    /// <summary>When each phase of each attempt began, in order.</summary>
    public IReadOnlyList<PhaseStart> Phases { get; init; } = [];

    /// <summary>Set when the end of its process cut the run off.</summary>
    public Interruption? Interruption { get; init; }

    /// <summary>The interrupted run that this one makes up for.</summary>
    public string? Resumes { get; init; }

    /// <summary>Whether the run is of a kind that the server runs again when it was interrupted.</summary>
    public bool IsResumable => Trigger is RunTrigger.Manual or RunTrigger.Schedule or RunTrigger.Resume;

    /// <summary>Whether the run was interrupted and the server makes up for it, so that nobody needs to act.</summary>
    public bool IsToBeResumed => IsResumable && Interruption is not (null or Runs.Interruption.DiedAgain);

    public bool IsEnded => State is not (RunState.Queued or RunState.Running);

    public bool IsSuccess => State is RunState.Succeeded or RunState.SucceededWithWarnings;
}

/// <summary>An attempt of a run that failed and was followed by another.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="NextAt">When the next attempt was due.</param>
internal sealed record FailedTry(int Number, DateTimeOffset EndedAt, RunFailureKind Kind, string Message, DateTimeOffset NextAt);

/// <summary>What a run moved and what it cost.</summary>
internal sealed record RunCounts
{
    public long RowsRead { get; init; }

    /// <summary>Rows committed.</summary>
    public long RowsWritten { get; init; }

    /// <summary>Of the committed rows, those that took the place of a row with the same key.</summary>
    public long RowsChanged { get; init; }

    /// <summary>Rows that a commit took away.</summary>
    public long RowsRemoved { get; init; }

    /// <summary>Rows that could not be stored.</summary>
    public long RowsRejected { get; init; }

    public long BytesReceived { get; init; }

    public long Requests { get; init; }

    /// <summary>Time spent waiting for rate budgets and for what the source asked to wait.</summary>
    public TimeSpan Waited { get; init; }

    public RunCounts Plus(RunCounts other) => new()
    {
        RowsRead = RowsRead + other.RowsRead,
        RowsWritten = RowsWritten + other.RowsWritten,
        RowsChanged = RowsChanged + other.RowsChanged,
        RowsRemoved = RowsRemoved + other.RowsRemoved,
        RowsRejected = RowsRejected + other.RowsRejected,
        BytesReceived = BytesReceived + other.BytesReceived,
        Requests = Requests + other.Requests,
        Waited = Waited + other.Waited,
    };
}
