using System.Diagnostics.CodeAnalysis;

namespace ConnectorPlatform.Host.Connectors.Packages;

/// <summary>Looks for packages while the server runs: when the file system says that something has changed, and every second since it may not say so.</summary>
internal sealed partial class ConnectorWatch(SourceScan scan, FirstTrials trials, TimeProvider time, ILogger<ConnectorWatch> log) : BackgroundService
{
    // Twice within the quiet period and once a second keep what is dropped from waiting two seconds, even without a hint.
    private static readonly TimeSpan WhileMoving = SourceScan.Quiet / 2;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private string? _lastFailure;
    private string? _lastTrialFailure;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hint = new SemaphoreSlim(0);
        using var watcher = Watch(() => hint.Release());
        var trying = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            var isMoving = Scan();
            if (trying.IsCompleted)
            {
                trying = TryAsync(stoppingToken);
            }

            if (isMoving)
            {
                await Task.Delay(WhileMoving, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            using var poll = new CancellationTokenSource(Poll, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, stoppingToken);
            try
            {
                await hint.WaitAsync(either.Token).ConfigureAwait(false);
                while (hint.Wait(0, CancellationToken.None))
                {
                }
            }
            catch (OperationCanceledException)
            {
                // Time for the next look, or the end.
            }
        }

        await trying.ConfigureAwait(false);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever code does on trial must not end the watch.")]
    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await trials.TryAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // What the end of the host interrupts goes on at the next start.
            if (!stoppingToken.IsCancellationRequested)
            {
                Tell(exception, ref _lastTrialFailure);
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever lies in the folders must not end the watch.")]
    private bool Scan()
    {
        try
        {
            var isMoving = scan.Scan();
            _lastFailure = null;
            return isMoving;
        }
        catch (Exception exception)
        {
            Tell(exception, ref _lastFailure);
            return false;
        }
    }

    // What fails every second is worth one line.
    private void Tell(Exception exception, ref string? last)
    {
        if (exception.Message != last)
        {
            last = exception.Message;
            LogFailure(log, exception.Message);
        }
    }

    /// <summary>Null where the system has no watches left: polling does.</summary>
    private FileSystemWatcher? Watch(Action changed)
    {
        try
        {
            var watcher = new FileSystemWatcher(Directory.CreateDirectory(scan.Drop).FullName) { IncludeSubdirectories = true };
            watcher.Created += (_, _) => changed();
            watcher.Changed += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The connectors' folders cannot be looked through: {Message}")]
    private static partial void LogFailure(ILogger log, string message);
}
