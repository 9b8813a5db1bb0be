namespace ConnectorPlatform.Host.Runs;

/// <summary>How the end of its process met a run that had not ended.</summary>
internal enum Interruption
{
    /// <summary>The process was asked to stop, and the run could not end before.</summary>
    Stopped,

    /// <summary>The process died while the run was at work.</summary>
    Died,

    /// <summary>The run waited for its turn or for its next attempt: whatever ended the process, this run did not.</summary>
    Waiting,

    /// <summary>The process died, as it had in the run that this one makes up for; a third time may kill it too.</summary>
    DiedAgain,
}

/// <summary>What is recorded of a run that the end of its process cut off.</summary>
internal static class InterruptedRun
{
    /// <summary>The run as it ends.</summary>
    /// <param name="run">The run, with what it had committed in its counts.</param>
    /// <param name="interruption">What happened.</param>
    /// <param name="resumes">Whether the server runs it again when it starts.</param>
    /// <param name="now">When that was seen.</param>
    public static RunRecord Of(RunRecord run, Interruption interruption, bool resumes, DateTimeOffset now)
    {
        var kept = run.Counts.RowsWritten > 0 ? $"What it had committed stays: {Counted.Of(run.Counts.RowsWritten, "row")}." : "It had committed nothing.";
        var next = resumes && run.IsResumable ? "It runs again when the platform's server starts." : "Run it again.";
        return run with
        {
            State = RunState.Failed,
            Phase = RunPhase.Ended,
            EndedAt = now,

            // Of a run that is never resumed it is told all the same: a backfill asks why its slice has ended.
            Interruption = resumes || !run.IsResumable ? interruption : null,
            Failure = new RunFailure(RunFailureKind.Platform, interruption switch
            {
                Interruption.Stopped => $"The platform was stopped during this run. {kept} {next}",
                Interruption.Waiting when run.Phase == RunPhase.Waiting && run.Tries.Count > 0 =>
                    $"The platform was stopped before the next attempt of this run. {kept} {next}",
                Interruption.Waiting => $"The platform was stopped before this run could begin. {next}",
                Interruption.DiedAgain =>
                    $"The platform died during this run, and before that during the one that it makes up for. {kept} It may be what kills the platform, and is not run again by itself: "
                    + "look at the memory of the machine and at this run's log, then run it by hand.",
                _ => $"The platform died during this run. {kept} {next}",
            }),
        };
    }
}
