using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Runs again what the end of a process interrupted: once, and not what a later run has made up for.</summary>
internal sealed partial class RunResumption(RunEngine engine, RunStore runs, HistoryOptions options, ILogger<RunResumption> log)
{
    /// <summary>Begins all of these runs.</summary>
    /// <returns>Ends when they have ended. What keeps one from running again is logged.</returns>
    public Task ResumeAsync() => Task.WhenAll(options.ResumeOnStart ? runs.ToBeResumed().Select(ResumeAsync) : []);

    [SuppressMessage("Design", "CA1031", Justification = "The border of one run: what keeps it from running again must not keep the others.")]
    private async Task ResumeAsync(RunRecord run)
    {
        try
        {
            await engine.ResumeAsync(run, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogNotResumed(log, run.Id, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The interrupted run {RunId} does not run again: {Message}")]
    private static partial void LogNotResumed(ILogger log, string runId, string message);
}
