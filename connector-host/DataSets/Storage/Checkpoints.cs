using DuckDB.NET.Data;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Writes what was committed from an open file's log into its tables. The database does it never by itself here, as a process that is killed meanwhile could leave a file that cannot be opened.
/// </summary>
internal sealed class Checkpoints(string path, DuckDBConnection connection, int blockBytes) : IDisposable
{
    // Open until the database has closed the file: whoever closes any handle to a file gives up the locks of the whole process.
    private SafeFileHandle? _file;
    private bool _hasFailed;

    /// <summary>What the log holds, in bytes.</summary>
    public long LogBytes => new FileInfo(path + ".wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Does it, unless it failed before: then the copy of the first try is what the file needs when it is opened next.</summary>
    /// <exception cref="DuckDBException">The log goes on keeping what was committed.</exception>
    /// <exception cref="IOException">The log goes on keeping what was committed.</exception>
    public void Run()
    {
        if (_hasFailed)
        {
            return;
        }

        _file ??= FileLayout.OpenToRead(path);

        // Blocks of the bookkeeping without a free part are not written again.
        var blocks = connection.Query($"SELECT block_id FROM pragma_metadata_info('{DataSetFile.Catalog}') WHERE free_blocks > 0", reader => reader.GetInt64(0));
        CheckpointJournal.Keep(path, _file, blockBytes, blocks);
        try
        {
            connection.Run($"CHECKPOINT {DataSetFile.Catalog}");
        }
        catch
        {
            _hasFailed = true;
            throw;
        }

        CheckpointJournal.Forget(path);
    }

    public void Dispose() => _file?.Dispose();
}
