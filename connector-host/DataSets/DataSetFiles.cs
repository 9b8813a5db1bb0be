using System.ComponentModel.DataAnnotations;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.DataSets;

/// <summary>
/// The DataSets' files, opened on demand and closed when nobody has used them for a while, so that another process may open them.
/// </summary>
internal sealed class DataSetFiles(DataFolder folder, MetadataDatabase metadata, DataSetStoreOptions options, TimeProvider time) : IDisposable
{
    private readonly Dictionary<string, Entry> _open = [];
    private readonly Lock _lock = new();

    public string PathOf(string dataSetId) => Path.Combine(folder.DataSets, dataSetId + ".duckdb");

    /// <summary>Opens a DataSet's file, or shares it with those who have it open. Waits a while when another process holds it.</summary>
    /// <exception cref="PlatformException">Another process goes on holding it, or it cannot be used or is gone.</exception>
    public async Task<Lease> OpenAsync(string dataSetId, CancellationToken cancellationToken)
    {
        for (var giveUpAt = time.GetTimestamp(); ;)
        {
            try
            {
                return Acquire(dataSetId);
            }
            catch (PlatformException exception) when (
                exception.Fault == PlatformFault.Busy && time.GetElapsedTime(giveUpAt) < options.WaitForOtherProcess)
            {
                await Task.Delay(options.RetryEvery, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes a DataSet's rows for ever.</summary>
    /// <exception cref="PlatformException">Somebody is using them.</exception>
    public void Delete(string dataSetId)
    {
        var entry = EntryOf(dataSetId, leases: 0);
        lock (entry)
        {
            if (!TryClose(entry))
            {
                throw new PlatformException(PlatformFault.Busy, "The DataSet is being used; wait for its run to end, or cancel it.");
            }

            CheckNotInUse(dataSetId);
            File.Delete(PathOf(dataSetId));
            File.Delete(PathOf(dataSetId) + ".wal");
            CheckpointJournal.Forget(PathOf(dataSetId));
            Forget(dataSetId, entry);
        }
    }

    public void Dispose()
    {
        Entry[] entries;
        lock (_lock)
        {
            entries = [.. _open.Values];
            _open.Clear();
        }

        foreach (var entry in entries)
        {
            lock (entry)
            {
                entry.Close();
            }
        }
    }

    private Lease Acquire(string dataSetId)
    {
        var entry = EntryOf(dataSetId, leases: 1);
        try
        {
            // Opening and closing wait for the disk: those of other DataSets must not wait for it too.
            lock (entry)
            {
                if (entry.File is null)
                {
                    CheckNotLost(dataSetId);
                    entry.File = DataSetFile.Open(PathOf(dataSetId), options.MemoryMegabytes);
                }

                return new Lease(entry.File, () => Release(dataSetId, entry));
            }
        }
        catch
        {
            Release(dataSetId, entry);
            throw;
        }
    }

    /// <summary>The DataSet's entry, which stays until its file is closed, so that nobody opens a file a second time.</summary>
    private Entry EntryOf(string dataSetId, int leases)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(dataSetId, out var entry))
            {
                _open.Add(dataSetId, entry = new Entry());
            }

            entry.Leases += leases;
            entry.StopClosing();
            return entry;
        }
    }

    /// <summary>Closes the file of an entry, which the caller has locked, unless somebody uses it or waits to.</summary>
    private bool TryClose(Entry entry)
    {
        lock (_lock)
        {
            if (entry.Leases > 0)
            {
                return false;
            }
        }

        entry.Close();
        return true;
    }

    private void Forget(string dataSetId, Entry entry)
    {
        lock (_lock)
        {
            if (entry.Leases == 0 && _open.GetValueOrDefault(dataSetId) == entry)
            {
                _open.Remove(dataSetId);
            }
        }
    }

    /// <summary>A file that is missing is made anew, but never in the place of one that held rows.</summary>
    private void CheckNotLost(string dataSetId)
    {
        if (!File.Exists(PathOf(dataSetId))
            && metadata.Find<long>("SELECT EXISTS (SELECT 1 FROM runs WHERE dataset_id = @dataSetId AND rows_written > 0)", new { dataSetId }) == 1)
        {
            throw DatabaseErrors.Gone(PathOf(dataSetId));
        }
    }

    /// <summary>Another process would go on writing into a deleted file. A damaged file may go.</summary>
    private void CheckNotInUse(string dataSetId)
    {
        if (!File.Exists(PathOf(dataSetId)))
        {
            return;
        }

        try
        {
            DataSetFile.Open(PathOf(dataSetId), options.MemoryMegabytes).Dispose();
        }
        catch (PlatformException exception) when (exception.Fault != PlatformFault.Busy)
        {
            // Nobody can be using it.
        }
    }

    private void Release(string dataSetId, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Leases == 0)
            {
                entry.Closing = time.CreateTimer(_ => CloseIdle(dataSetId, entry), null, options.CloseAfterIdle, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void CloseIdle(string dataSetId, Entry entry)
    {
        lock (entry)
        {
            if (TryClose(entry))
            {
                Forget(dataSetId, entry);
            }
        }
    }

    /// <summary>The right to use an open file until disposed.</summary>
    internal sealed class Lease(DataSetFile file, Action release) : IDisposable
    {
        private Action? _release = release;

        public DataSetFile File { get; } = file;

        public DataSetReader Reader { get; } = new(file);

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }

    /// <summary>A file that is open, or being opened or closed by who has locked the entry. How many use it is guarded by the lock of all entries.</summary>
    private sealed class Entry
    {
        public DataSetFile? File { get; set; }

        public int Leases { get; set; }

        public ITimer? Closing { get; set; }

        public void StopClosing()
        {
            Closing?.Dispose();
            Closing = null;
        }

        public void Close()
        {
            StopClosing();
            File?.Dispose();
            File = null;
        }
    }
}

internal sealed record DataSetStoreOptions
{
    /// <summary>What DuckDB keeps in memory for one DataSet at least; it grows with the width of the rows that a run writes, not with their number.</summary>
    [Range(1, 1 << 20)]
    public int MemoryMegabytes { get; init; } = 16;

    public TimeSpan CloseAfterIdle { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan WaitForOtherProcess { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromMilliseconds(200);
}
