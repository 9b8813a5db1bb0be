using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What a run has done so far; written by the run's threads, read by anyone.</summary>
internal sealed class RunProgress(RunLog log) : IRunReporter
{
    // A connector that warns about every record must not swell the run's record; the log has them all.
    private const int MostWarnings = 100;

    private readonly Lock _lock = new();
    private readonly List<string> _warnings = [];
    private readonly List<(RunPhase Phase, DateTimeOffset At)> _phases = [(RunPhase.Preparing, log.Now)];
    private RunCounts _counts = new();
    private long _warningsLeftOut;

    public RunPhase Phase
    {
        get
        {
            lock (_lock)
            {
                return _phases[^1].Phase;
            }
        }
    }

    public RunCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _counts;
            }
        }
    }

    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_lock)
            {
                return _warningsLeftOut == 0 ? [.. _warnings] : [.. _warnings, $"{_warningsLeftOut} more warnings are in the run's log."];
            }
        }
    }

    /// <summary>From now on no text goes out that the mask would change.</summary>
    public void Hide(SecretMask mask)
    {
        Mask = mask;
        log.Mask = mask.Mask;
    }

    public SecretMask Mask { get; private set; } = SecretMask.None;

    /// <summary>Why the run's records wait for approval; null when they do not.</summary>
    public IReadOnlyList<string>? HeldBecause { get; private set; }

    public void Enter(RunPhase phase)
    {
        lock (_lock)
        {
            if (_phases[^1].Phase != phase)
            {
                _phases.Add((phase, log.Now));
            }
        }
    }

    /// <summary>When the phases began.</summary>
    public IReadOnlyList<PhaseStart> PhasesOf(int attempt)
    {
        lock (_lock)
        {
            return [.. _phases.Select(phase => new PhaseStart(attempt, phase.Phase, phase.At))];
        }
    }

    public void Read(int rows)
    {
        lock (_lock)
        {
            _counts = _counts with { RowsRead = _counts.RowsRead + rows };
        }
    }

    public void Committed(CommitResult result)
    {
        lock (_lock)
        {
            _counts = _counts with
            {
                RowsWritten = _counts.RowsWritten + result.RowsWritten,
                RowsChanged = _counts.RowsChanged + result.RowsChanged,
                RowsRemoved = _counts.RowsRemoved + result.RowsRemoved,
                RowsRejected = _counts.RowsRejected + result.RowsRejected,
            };
        }

        HeldBecause = result.HeldBecause;
        log.Info(HeldBecause is null ? $"Committed: {Counted.Of(result.RowsWritten, "row")} written, {result.RowsRemoved} removed." : "The records wait for approval.");
        foreach (var warning in result.Warnings)
        {
            Warn(warning);
        }

        if (result.RowsRejected > 0)
        {
            Warn($"{Counted.Of(result.RowsRejected, "record")} could not be stored and {(result.RowsRejected == 1 ? "is" : "are")} in the DataSet's quarantine.");
        }

        foreach (var finding in result.Findings)
        {
            Tell(finding);
        }
    }

    public void Info(string message) => log.Info(message);

    public void Warn(string message)
    {
        var masked = log.Warn(message);
        lock (_lock)
        {
            if (_warnings.Contains(masked))
            {
                return;
            }

            if (_warnings.Count < MostWarnings)
            {
                _warnings.Add(masked);
            }
            else
            {
                _warningsLeftOut++;
            }
        }
    }

    public void Progress(long done, long? total = null) => log.Info(total is null ? $"{done} done." : $"{done} of {total} done.");

    private void Tell(Finding finding)
    {
        if (finding.Action == SafeguardAction.Accept)
        {
            Info(finding.Message);
        }
        else
        {
            Warn(finding.Message);
        }
    }
}
