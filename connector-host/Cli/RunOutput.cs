using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Tells how a run ended.</summary>
internal static class RunOutput
{
    public static object AsObject(RunRecord run) => new
    {
        run.Id,
        run.State,
        run.Trigger,
        run.Phase,
        run.WaitingFor,
        run.Attempts,
        run.Tries,
        Phases = PhaseTime.Of(run),
        run.Interruption,
        run.Resumes,
        run.UpdateMethod,
        run.ConnectorVersion,
        run.StartedAt,
        run.EndedAt,
        run.Counts.RowsRead,
        run.Counts.RowsWritten,
        run.Counts.RowsChanged,
        run.Counts.RowsRemoved,
        run.Counts.RowsRejected,
        run.UndoneBy,
        run.Counts.Requests,
        run.Counts.BytesReceived,
        WaitedMilliseconds = (long)run.Counts.Waited.TotalMilliseconds,
        run.Warnings,
        Failure = run.Failure is null ? null : new { run.Failure.Kind, run.Failure.Message, run.Failure.WhoActs },
    };

    /// <summary>The end of a run in a line or two on standard error, so that rows on standard output stay clean.</summary>
    public static void Tell(Output output, RunRecord run)
    {
        var took = (run.EndedAt - run.StartedAt)?.TotalMilliseconds ?? 0;
        output.Error(run.Failure is { } failure
            ? $"Failed ({failure.Kind}): {failure.Message} {failure.WhoActs}"
            : run.State == RunState.Held ? $"Held: {Counted.Of(run.Counts.RowsRead, "row")} read, which {(run.Counts.RowsRead == 1 ? "waits" : "wait")} for \"dataset approve\" (look first with --dry-run) or \"dataset reject\"."
            : $"{run.State}: {Counted.Of(run.Counts.RowsRead, "row")} read, {run.Counts.RowsWritten} written, {run.Counts.RowsRemoved} removed, {Counted.Of(run.Counts.Requests, "request")}, {took:0} ms.");
        foreach (var warning in run.Warnings)
        {
            output.Error($"Warning: {warning}");
        }
    }
}
