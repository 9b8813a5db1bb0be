using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Audit;

/// <summary>Removes old lines of the audit log once a day, where the operator wants that.</summary>
internal sealed partial class AuditRetention(AuditLog log, AuditOptions options, TimeProvider time, ILogger<AuditRetention> logger) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);

    /// <returns>How many lines were removed.</returns>
    public long Sweep() => options.Keep is { } keep ? log.Cut(time.GetUtcNow() - keep) : 0;

    [SuppressMessage("Design", "CA1031", Justification = "The border of the server's own work: what fails must end neither the server nor the next sweep.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Sweep();
            }
            catch (Exception exception)
            {
                LogFailure(logger, exception.Message);
            }

            await Task.Delay(SweepEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Error, "Old lines of the audit log cannot be removed: {Message}")]
    private static partial void LogFailure(ILogger log, string message);
}
