using DuckDB.NET.Data;
using Microsoft.Win32.SafeHandles;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Writes what was committed from an open file's log into its tables. The database does it never by itself here, as a process that is killed meanwhile could leave a file that cannot be opened.
/// </summary>
internal sealed class Checkpoints(string path, DuckDBConnection connection, int blockBytes)
{
    private const int CopiedAtOnce = 1 << 20;

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

    /// <summary>Copies the file with all that was committed to it, while no checkpoint is at work; commits may go on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="copy">The path of the copy.</param>
    /// <param name="cancellationToken">Leaves what is copied until then.</param>
    /// <exception cref="IOException">It cannot be read, or the copy not be written or would take the room that runs need.</exception>
    public void Copy(FilePlace file, string copy, CancellationToken cancellationToken)
    {
        if (RandomAccess.GetLength(file.Handle) > new DriveInfo(Path.GetDirectoryName(copy)!).AvailableFreeSpace / 2)
        {
            throw new IOException("they would take more than half of the free disk.");
        }

        // The log first: what it refers to has been written into the file before. Its last commit may be cut off, as if the process had been killed then.
        foreach (var companion in new[] { path + ".wal", CheckpointJournal.PathOf(path) }.Where(File.Exists))
        {
            using var from = FileLayout.OpenToRead(companion);
            Write(from, copy + companion[path.Length..], cancellationToken);
        }

        Write(file.Handle, copy, cancellationToken);
    }

    private static void Write(SafeFileHandle from, string path, CancellationToken cancellationToken)
    {
        using var to = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        var piece = new byte[CopiedAtOnce];
        for (var at = 0L; RandomAccess.Read(from, piece, at) is > 0 and var length; at += length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(to, piece.AsSpan(0, length), at);
        }
    }
}
