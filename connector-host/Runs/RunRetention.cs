using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Removes the records and logs of runs that ended long ago, and logs that belong to no run. It goes in small steps, between which
/// others have the database to themselves.
/// </summary>
internal sealed class RunRetention(RunHistory runs, DataFolder folder, HistoryOptions options, TimeProvider time)
{
    private const int BatchSize = 200;
    private const int IdLength = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>A log may be there a little before its run's record is.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromDays(1);

    /// <summary>Removes what is too old now.</summary>
    /// <returns>How many runs, and how many logs without a run, were removed.</returns>
    public async Task<(int Runs, int Logs)> SweepAsync(CancellationToken cancellationToken)
    {
        var (now, removed) = (time.GetUtcNow(), 0);
        foreach (var dataSet in runs.DataSetsWithRunsBefore(now - options.KeepHistory))
        {
            foreach (var batch in runs.Old(dataSet, now - options.KeepHistory, options.KeepLast).Chunk(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                runs.Remove(batch);
                Array.ForEach(batch, RemoveLog);
                removed += batch.Length;
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }

        return (removed, RemoveOrphans(now - OrphanAge, cancellationToken));
    }

    private int RemoveOrphans(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var batch in OldLogs(before).Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var orphans = runs.Unknown(batch);
            removed += orphans.Count;
            foreach (var id in orphans)
            {
                RemoveLog(id);
            }
        }

        return removed;
    }

    private IEnumerable<string> OldLogs(DateTimeOffset before) =>
        from file in new DirectoryInfo(folder.Logs).EnumerateFiles("*.jsonl")
        let id = Path.GetFileNameWithoutExtension(file.Name)
        where id.Length == IdLength && file.LastWriteTimeUtc < before.UtcDateTime
        select id;

    private void RemoveLog(string runId)
    {
        try
        {
            File.Delete(Path.Combine(folder.Logs, runId + ".jsonl"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It belongs to no run any more: the next sweep tries again.
        }
    }
}
