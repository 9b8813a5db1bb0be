using System.Text.Json;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Backfills;

internal enum BackfillState
{
    /// <summary>Its slices are being run, or will be as soon as a process takes it up.</summary>
    Running,

    /// <summary>Somebody stopped it, or a slice failed; it can be resumed.</summary>
    Paused,

    Done,
    Cancelled,
}

internal enum SliceState
{
    Pending,

    /// <summary>Its run has begun; whether it has ended says the DataSet's ledger.</summary>
    Running,

    Done,
    Failed,
}

/// <summary>Reads a past range into a DataSet, one run a slice, beside the live runs and without moving their state.</summary>
internal sealed record Backfill
{
    public required string Id { get; init; }

    public required string DataSetId { get; init; }

    public required DayRange Range { get; init; }

    public required SliceUnit Unit { get; init; }

    /// <summary>What was put into which field of the details, placeholders not filled in.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The version of the connector's details form that the slices' details have.</summary>
    public required int DetailsVersion { get; init; }

    /// <summary>Limits the requests of the slices, within what the account may; null for no limit of its own.</summary>
    public RateBudget? Budget { get; init; }

    public BackfillState State { get; init; } = BackfillState.Running;

    /// <summary>Why it is paused.</summary>
    public string? Reason { get; init; }

    /// <summary>The process that runs its slices, as <see cref="Metadata.DataFolder.Instance"/> names it; null when none does.</summary>
    public string? Instance { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsOpen => State is BackfillState.Running or BackfillState.Paused;
}

/// <summary>A part of a backfill's range, which one run reads.</summary>
internal sealed record BackfillSlice
{
    /// <summary>Counted from 1, oldest first.</summary>
    public required int Number { get; init; }

    public required DayRange Range { get; init; }

    /// <summary>Settled and validated details that ask for these days.</summary>
    public required JsonElement Details { get; init; }

    public SliceState State { get; init; } = SliceState.Pending;

    /// <summary>The last run that was begun for it.</summary>
    public string? RunId { get; init; }

    public long Rows { get; init; }

    public string? Failure { get; init; }
}
