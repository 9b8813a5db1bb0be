namespace ConnectorPlatform.Host.Runs;

/// <summary>The beginning of a phase.</summary>
/// <param name="Attempt">Counted from 1; a wait for the next attempt belongs to the one before.</param>
internal sealed record PhaseStart(int Attempt, RunPhase Phase, DateTimeOffset At);

/// <summary>A phase from its beginning to its end.</summary>
/// <param name="EndedAt">Null while it goes on.</param>
internal sealed record PhaseTime(int Attempt, RunPhase Phase, DateTimeOffset BeganAt, DateTimeOffset? EndedAt)
{
    /// <summary>The phases of a run in their order. Each ends where the next begins, the last with the run.</summary>
    public static IReadOnlyList<PhaseTime> Of(RunRecord run) =>
        [.. run.Phases.Select((phase, index) => new PhaseTime(
            phase.Attempt, phase.Phase, phase.At, index + 1 < run.Phases.Count ? run.Phases[index + 1].At : run.EndedAt))];
}
