using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Runs;

/// <summary>A run as pages show it.</summary>
internal static class RunView
{
    /// <param name="run">The run.</param>
    /// <param name="dataSet">The name of its DataSet.</param>
    /// <param name="mayCancel">Whether the viewer's right on that DataSet allows it.</param>
    public static object Of(RunRecord run, string dataSet, bool mayCancel = false) => new
    {
        run.Id,
        MayCancel = mayCancel,
        run.DataSetId,
        DataSet = dataSet,
        State = Words.Of(run.State),
        Tone = Words.Tone(run.State),
        Phase = run.IsEnded ? "" : Words.Of(run.Phase),
        Trigger = Words.Of(run.Trigger),
        run.Attempts,
        run.StartedAt,
        run.EndedAt,
        Took = Took(run),
        RowsRead = Words.Count(run.Counts.RowsRead),
        RowsWritten = Words.Count(run.Counts.RowsWritten),
        RowsChanged = Words.Count(run.Counts.RowsChanged),
        RowsRemoved = Words.Count(run.Counts.RowsRemoved),
        RowsRejected = Words.Count(run.Counts.RowsRejected),
        Requests = Words.Count(run.Counts.Requests),
        Received = Words.Size(run.Counts.BytesReceived),
        Waited = run.Counts.Waited > TimeSpan.Zero ? Words.Duration(run.Counts.Waited) : "",
        WaitingFor = run.IsEnded ? "" : run.WaitingFor ?? "",
        Failure = run.Failure?.Message ?? "",
        FailureKind = run.Failure?.Kind.ToString() ?? "",
        WhoActs = run.Failure?.WhoActs ?? "",
        run.Warnings,
        IsUndone = run.UndoneBy is not null,
        UndoneBy = run.UndoneBy ?? "",
        Resumes = run.Resumes ?? "",
        run.IsEnded,
        IsHeld = run.State == RunState.Held,
        Sentence = Sentence(run),
    };

    /// <summary>The model of the part <c>run-progress</c>.</summary>
    public static object Progress(RunRecord run, string dataSet) => new
    {
        Run = Of(run, dataSet),
        Phases = PhaseTime.Of(run).Select(phase => new
        {
            phase.Attempt,
            Phase = Words.Of(phase.Phase),
            phase.BeganAt,
            Took = phase.EndedAt is { } ended ? Words.Duration(ended - phase.BeganAt) : "goes on",
        }).ToList(),
        Tries = run.Tries.Select(failed => new { failed.Number, failed.EndedAt, Kind = failed.Kind.ToString(), failed.Message, failed.NextAt }).ToList(),
        Interruption = run.Interruption is null ? "" : "The end of the server interrupted it.",
    };

    /// <summary>What a run did, in a sentence.</summary>
    public static string Sentence(RunRecord run) => run.State switch
    {
        RunState.Queued => $"It waits for {run.WaitingFor ?? "its turn"}.",
        RunState.Running => $"It is under way: {Words.Count(run.Counts.RowsRead, "row")} read so far.",
        RunState.Held => $"It read {Words.Count(run.Counts.RowsRead, "row")}, which wait for somebody to approve or reject them.",
        RunState.Cancelled => $"It was cancelled; {Stored(run)}.",
        RunState.Failed => $"It failed after {Took(run)}; {Stored(run)}.",
        _ => $"It read {Words.Count(run.Counts.RowsRead, "row")} and stored {Words.Count(run.Counts.RowsWritten)} in {Took(run)}{(run.Counts.RowsRejected > 0 ? $"; {Words.Count(run.Counts.RowsRejected)} could not be stored" : "")}.",
    };

    /// <summary>Those of which it can be said whether they succeeded: not those that wait for somebody, and none that takes others back.</summary>
    public static IReadOnlyList<RunRecord> Judged(IEnumerable<RunRecord> runs) =>
        [.. runs.Where(run => run is { IsEnded: true, State: not RunState.Held } && run.Trigger is not (RunTrigger.Undo or RunTrigger.Replay))];

    /// <summary>Such as <c>95% of 20</c>.</summary>
    public static string SuccessRate(IReadOnlyCollection<RunRecord> ended) =>
        ended.Count == 0 ? "none yet" : $"{100 * ended.Count(run => run.IsSuccess) / ended.Count}% of {ended.Count}";

    /// <returns>Empty while it goes on.</returns>
    public static string Took(RunRecord run) => run.EndedAt is { } ended ? Words.Duration(ended - run.StartedAt) : "";

    private static string Stored(RunRecord run) => run.Counts.RowsWritten > 0 ? $"the {Words.Count(run.Counts.RowsWritten, "row")} that it had stored stay" : "it had stored nothing";
}
