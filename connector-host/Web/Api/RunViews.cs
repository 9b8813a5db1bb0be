using System.ComponentModel;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A run as the API shows it.</summary>
internal sealed record RunView
{
    public required string Id { get; init; }

    [Description("The DataSet's id.")]
    public required string DataSet { get; init; }

    public required RunState State { get; init; }

    public required RunPhase Phase { get; init; }

    public required RunTrigger Trigger { get; init; }

    [Description("What a run that is queued or between attempts waits for.")]
    public required string? WaitingFor { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public required RunCountsView Counts { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required RunFailureView? Failure { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    public required string ConnectorVersion { get; init; }

    [Description("The run that took this one back.")]
    public required string? UndoneBy { get; init; }

    [Description("The interrupted run that this one makes up for.")]
    public required string? Resumes { get; init; }

    public static RunView Of(RunRecord run) => new()
    {
        Id = run.Id,
        DataSet = run.DataSetId,
        State = run.State,
        Phase = run.Phase,
        Trigger = run.Trigger,
        WaitingFor = run.WaitingFor,
        Attempts = run.Attempts,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        Counts = RunCountsView.Of(run.Counts),
        Warnings = run.Warnings,
        Failure = run.Failure is { } failure ? new RunFailureView(failure.Kind, failure.Message, failure.WhoActs) : null,
        UpdateMethod = run.UpdateMethod,
        ConnectorVersion = run.ConnectorVersion,
        UndoneBy = run.UndoneBy,
        Resumes = run.Resumes,
    };
}

/// <summary>A run with its attempts, phases and configuration.</summary>
internal sealed record RunDetailView
{
    public required RunView Run { get; init; }

    [Description("The details that the run used.")]
    public required JsonElement Details { get; init; }

    public required RulesBody Rules { get; init; }

    public required IReadOnlyList<PhaseTimeView> Phases { get; init; }

    public required IReadOnlyList<FailedTryView> FailedAttempts { get; init; }
}

/// <summary>What a run moved and what it cost.</summary>
internal sealed record RunCountsView
{
    public required long RowsRead { get; init; }

    public required long RowsWritten { get; init; }

    public required long RowsChanged { get; init; }

    public required long RowsRemoved { get; init; }

    public required long RowsRejected { get; init; }

    public required long BytesReceived { get; init; }

    public required long Requests { get; init; }

    [Description("For rate budgets and for what the source asked to wait.")]
    public required double WaitedSeconds { get; init; }

    public static RunCountsView Of(RunCounts counts) => new()
    {
        RowsRead = counts.RowsRead,
        RowsWritten = counts.RowsWritten,
        RowsChanged = counts.RowsChanged,
        RowsRemoved = counts.RowsRemoved,
        RowsRejected = counts.RowsRejected,
        BytesReceived = counts.BytesReceived,
        Requests = counts.Requests,
        WaitedSeconds = counts.Waited.TotalSeconds,
    };
}

/// <summary>Why a run failed, and who must act.</summary>
internal sealed record RunFailureView(RunFailureKind Kind, string Message, string WhoActs);

/// <summary>A phase of an attempt.</summary>
internal sealed record PhaseTimeView(int Attempt, RunPhase Phase, DateTimeOffset BeganAt, DateTimeOffset? EndedAt);

/// <summary>An attempt that failed and was followed by another.</summary>
internal sealed record FailedTryView
{
    public required int Attempt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required RunFailureKind Kind { get; init; }

    public required string Message { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    public static FailedTryView Of(FailedTry failed) => new()
    {
        Attempt = failed.Number,
        EndedAt = failed.EndedAt,
        Kind = failed.Kind,
        Message = failed.Message,
        NextAt = failed.NextAt,
    };
}

/// <summary>What an undo would take back.</summary>
internal sealed record UndoPreviewView
{
    public required string Run { get; init; }

    [Description("Rows that the run added and that would go.")]
    public required long RowsAdded { get; init; }

    [Description("Rows that would become what they were.")]
    public required long RowsChanged { get; init; }

    [Description("Rows that would return.")]
    public required long RowsRemoved { get; init; }
}

/// <summary>A line of a run's log.</summary>
internal sealed record CancelledRunsView([property: Description("How many were asked to end.")] int Asked);

internal sealed record LogLineView([property: Description("Null where the line is cut.")] DateTimeOffset? At, string Level, string Message);
