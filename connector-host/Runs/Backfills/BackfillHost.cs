using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Runs.Backfills;

/// <summary>Lets a server take up the running backfills that nobody is at: those left to it, and those of processes that are gone.</summary>
internal sealed partial class BackfillHost(BackfillStore backfills, BackfillRunner runner, TimeProvider time, ILogger<BackfillHost> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var going = new List<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            going.RemoveAll(task => task.IsCompleted);
            going.AddRange(Free().Select(backfill => RunAsync(backfill, stoppingToken)));
            await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(going).ConfigureAwait(false);
    }

    private List<Backfill> Free()
    {
        try
        {
            return [.. backfills.Running().Where(runner.IsFree)];
        }
        catch (PlatformException exception)
        {
            // The store is busy or gone; the next look follows.
            LogTrouble(log, exception.Message);
            return [];
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The border of a backfill: one that cannot go on must not end the server.")]
    private async Task RunAsync(Backfill backfill, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => runner.ExecuteAsync(backfill.Id, _ => { }, null, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server ends; the next one takes the backfill up.
        }
        catch (Exception exception)
        {
            LogTrouble(log, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "A backfill cannot go on: {Message}")]
    private static partial void LogTrouble(ILogger log, string message);
}
