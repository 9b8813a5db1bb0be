using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Runs;

/// <summary>What the server does for runs from its start to its end: runs again what was interrupted, removes what is old, and lets runs end before it does.</summary>
internal sealed partial class RunsHost(RunResumption resumption, RunRetention retention, PlatformStop stop, TimeProvider time, ILogger<RunsHost> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before anything else of the server ends: a schedule that ends cancels its runs.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => stop.StopAsync(isCancelled: false);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        _ = GuardAsync(resumption.ResumeAsync);
        while (!stoppingToken.IsCancellationRequested)
        {
            await GuardAsync(() => retention.SweepAsync(stoppingToken)).ConfigureAwait(false);
            await Task.Delay(SweepEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of the server's own work: what fails must end neither the server nor the next sweep.")]
    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends; what is left is done after its next start.
        }
        catch (Exception exception)
        {
            LogFailure(log, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "Old or interrupted runs cannot be looked after: {Message}")]
    private static partial void LogFailure(ILogger log, string message);
}
