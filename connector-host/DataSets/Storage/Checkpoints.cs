using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Writes what was committed from an open file's log into its tables. The database does it never by itself here, as a process that is killed meanwhile could leave a file that cannot be opened.
/// </summary>
internal sealed class Checkpoints(string path, DuckDBConnection connection, int blockBytes)
{
    private bool _hasFailed;

    /// <summary>What the log holds, in bytes; null when there is none.</summary>
    public long? LogBytes => new FileInfo(path + ".wal") is { Exists: true } log ? log.Length : null;

    /// <param name="file">The file.</param>
    /// <exception cref="DuckDBException">The log goes on keeping what was committed.</exception>
    /// <exception cref="IOException">The log goes on keeping what was committed.</exception>
    public void Run(FilePlace file)
    {
        if (_hasFailed)
        {
            // The copy of the first try is what the file needs when it is opened next.
            throw new IOException("An earlier attempt to write it into the tables failed.");
        }

        // Blocks of the bookkeeping without a free part are not written again.
        var blocks = connection.Query($"SELECT block_id FROM pragma_metadata_info('{DataSetFile.Catalog}') WHERE free_blocks > 0", reader => reader.GetInt64(0));
        CheckpointJournal.Keep(path, file.Handle, blockBytes, blocks);
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
}
