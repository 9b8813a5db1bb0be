using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What the server does for runs from its start to its end: runs again what was interrupted, removes what is old, and lets runs end before it does.</summary>
internal sealed partial class RunsHost(
    RunEngine engine, RunStore runs, RunRetention retention, PlatformStop stop, HistoryOptions options, TimeProvider time, ILogger<RunsHost> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anything else of the server ends: a schedule that ends cancels its runs.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => stop.StopAsync();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await Task.WhenAll(ResumeAsync(stoppingToken), SweepAsync(stoppingToken)).ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of the server's own work: what fails must not end it.")]
    private async Task ResumeAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(options.ResumeOnStart ? runs.ToBeResumed().Select(run => ResumeAsync(run, stoppingToken)) : []).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogFailure(log, exception.Message);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of one run: what keeps it from running again must not keep the others.")]
    private async Task ResumeAsync(RunRecord run, CancellationToken stoppingToken)
    {
        try
        {
            // What the source asked for before its next attempt holds for the run that makes up for it, too.
            if (run.Tries is [.., { } last] && last.NextAt - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
            }

            await engine.ResumeAsync(run, CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It stays interrupted, and the next start makes up for it.
        }
        catch (Exception exception)
        {
            LogNotResumed(log, run.Id, exception.Message);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of a sweep: the next one follows.")]
    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await retention.SweepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailure(log, exception.Message);
            }

            await Task.Delay(SweepEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Error, "Old or interrupted runs cannot be looked after: {Message}")]
    private static partial void LogFailure(ILogger log, string message);

    [LoggerMessage(LogLevel.Warning, "The interrupted run {RunId} does not run again: {Message}")]
    private static partial void LogNotResumed(ILogger log, string runId, string message);
}
