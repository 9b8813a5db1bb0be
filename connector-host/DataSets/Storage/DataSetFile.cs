using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// One open DuckDB file: the table <c>rows</c> and, in the schema <c>platform</c>, what the platform knows of it
/// (<c>columns</c>, the <c>ledger</c> of committed runs, the <c>fence</c>). The rows and their ledger share every transaction.
/// </summary>
internal sealed class DataSetFile : IDisposable
{
    public const string Rows = "rows";

    /// <summary>What the file is called in SQL.</summary>
    public const string Catalog = "dataset";

    // A sixth of DuckDB's own: what a run keeps in memory is a group of rows at a time, and so does not grow with the rows.
    public const int RowGroupSize = 20_480;

    // The least that DuckDB allows: it takes a block a column at once, and so a table of a thousand columns fits. A file keeps what it was made with.
    private const int BlockBytes = 16_384;

    // When the database would do it by itself.
    private const long LongLog = 16L << 20;

    // The commits of some eight runs that bring nothing: writing them into the tables takes as long as reading them eight times, and waits for the disk three times.
    private const long LogWorthClosing = 4L << 10;

    // DuckDB pins a whole group of rows to compress and write it, and needs room beside it.
    private const int RoomPerGroup = 3;

    // What a join and the list of rows that a transaction deletes took in measurements; both go to disk only in part.
    private const long RoomToSearch = 32L << 20;
    private const long RoomPerSearchedRow = 64;

    // What the database needs at once for every column of a table that it fills or reads, however few the rows are: a block, and two vectors of 2,048 values with 16 bytes each.
    private const int VectorsPerColumn = 2 * 2_048 * 16;

    // Blocks that the database needs at once for every column of a table that it writes down, however few the rows are: one for its values and one for its nulls.
    private const int BlocksPerColumnWritten = 2;

    // However wide the rows: half of the machine, so that a run fails in words before the system ends the host.
    private static readonly long MostReserved = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    private readonly DuckDBConnection _connection;
    private readonly int _blockBytes;
    private readonly Checkpoints _checkpoints;
    private FilePlace? _place;

    // Where DuckDB puts what memory does not hold; each process has its own, as only one of them gets the file.
    private readonly string _temporaries;
    private long _reserved;
    private int _connections;
    private int _isClosed;
    private volatile bool _diskWasFull;

    private DataSetFile(string path, DuckDBConnection connection, long reserved)
    {
        Path = path;
        _blockBytes = File.Exists(path) ? FileLayout.BlockBytesOf(path) : BlockBytes;
        _checkpoints = new Checkpoints(path, connection, _blockBytes);
        _temporaries = $"{System.IO.Path.GetFullPath(path)}.{Guid.NewGuid():N}.tmp";
        _connection = connection;
        _reserved = reserved;
    }

    public string Path { get; }

    /// <summary>Through which runs commit.</summary>
    public CommitGuard Commits { get; private set; } = null!;

    /// <summary>Opens the file, creating it with its tables when it is missing.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="memoryMegabytes">What DuckDB may keep in memory for the file until more is reserved; the rest goes to disk.</param>
    /// <exception cref="PlatformException"><see cref="PlatformFault.Busy"/> when another process has it open; <see cref="PlatformFault.Storage"/> otherwise.</exception>
    public static DataSetFile Open(string path, int memoryMegabytes)
    {
        // Attached, as only then the size of row groups can be said.
        var connection = Engines.Take(memoryMegabytes);
        try
        {
            CheckpointJournal.Restore(path);
            var file = new DataSetFile(path, connection, (long)memoryMegabytes << 20);
            file.Guarded(file.Open);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            throw new PlatformException(PlatformFault.Storage, $"The DataSet's file {path} cannot be used: {exception.Message}", exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Open()
    {
        // Said before the file is attached: what a killed process left in its log may need the room already.
        _connection.Run($"SET temp_directory = {SqlTypes.Literal(_temporaries)}");
        Attach();
        ClearTemporaries();
        Use(_connection);
        FileFormat.Prepare(_connection, Path);

        var head = LedgerHead.Read(_connection);

        // Who adds to wide rows needs room for them, however narrow his own are.
        Reserve(head.RowBytes, head.Rows);
        ReserveForColumns(head.Columns.Count);
        _place = new FilePlace(Path);
        Commits = new CommitGuard(Path, _place, head);
    }

    /// <summary>Attaches the file. Only then can it be asked how much its rows take, and what a killed process left in its log may take more than there is.</summary>
    private void Attach()
    {
        var blocks = File.Exists(Path) ? "" : $", BLOCK_SIZE {BlockBytes}";
        while (true)
        {
            try
            {
                _connection.Run($"ATTACH {SqlTypes.Literal(Path)} AS {Catalog} (TYPE duckdb, ROW_GROUP_SIZE {RowGroupSize}{blocks})");
                return;
            }
            catch (DuckDBException exception) when (DatabaseErrors.IsOutOfMemory(exception.ErrorType, exception.Message) && _reserved < MostReserved)
            {
                Reserve(2 * _reserved);
            }
        }
    }

    /// <summary>A further connection to the open file; the caller disposes it.</summary>
    public DuckDBConnection Connect() => Guarded(() =>
    {
        var connection = _connection.Duplicate();
        connection.Open();
        Interlocked.Increment(ref _connections);
        connection.Disposed += (_, _) => Interlocked.Decrement(ref _connections);
        Use(connection);
        if (_diskWasFull)
        {
            CountTheDiskAgain(connection);
        }

        return connection;
    });

    /// <inheritdoc cref="Checkpoints.Copy"/>
    public void CopyTo(string copy, CancellationToken cancellationToken)
    {
        lock (_connection)
        {
            _checkpoints.Copy(_place!, copy, cancellationToken);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1)
        {
            return;
        }

        // Whoever still has a connection would meet the next file in the same engine.
        if (Volatile.Read(ref _connections) > 0)
        {
            _connection.Dispose();
            _place?.Abandon();
            return;
        }

        if (_checkpoints.LogBytes >= LogWorthClosing)
        {
            Checkpoint(needNotSucceed: true);
        }

        if (_diskWasFull || !Engines.TryReturn(_connection, Catalog))
        {
            _connection.Dispose();
        }

        _place?.Dispose();
    }

    /// <summary>After a commit: writes what was committed from the log into the tables when there is much of it, or when somebody has removed the log.</summary>
    /// <exception cref="PlatformException">The log is gone, and with it what was committed.</exception>
    public void ShortenLog()
    {
        var bytes = _checkpoints.LogBytes;
        if (bytes is null or >= LongLog)
        {
            Checkpoint(needNotSucceed: bytes is not null);
        }
    }

    /// <summary>Makes room for a group of rows. Never less than there was: somebody may be using it.</summary>
    /// <param name="rowBytes">What a row takes, roughly.</param>
    /// <param name="rows">How many there are in all.</param>
    public void Reserve(long rowBytes, long rows) => Reserve(RoomPerGroup * rowBytes * Math.Min(rows, RowGroupSize));

    /// <summary>Makes room for the columns of a table that is filled or read. Never less than there was.</summary>
    public void ReserveForColumns(long columns) => Reserve((_blockBytes + VectorsPerColumn) * columns);

    /// <summary>Makes room for rows to be found by others and taken away. Never less than there was.</summary>
    /// <param name="rows">The rows that look for others, and those that may be found.</param>
    public void ReserveForSearch(long rows) => Reserve(RoomToSearch + (RoomPerSearchedRow * rows));

    /// <param name="needNotSucceed">Whether the log keeps what was committed; reading it only takes whoever opens the file next much longer.</param>
    private void Checkpoint(bool needNotSucceed)
    {
        try
        {
            lock (_connection)
            {
                Reserve(((BlocksPerColumnWritten * _blockBytes) + VectorsPerColumn) * Guarded(() => Ledger.CountAllColumns(_connection)));
                Guarded(() => _checkpoints.Run(_place!));
            }
        }
        catch (Exception exception) when (exception is PlatformException or IOException or UnauthorizedAccessException)
        {
            // Too little memory or room on the disk, or a file that is broken.
            if (!needNotSucceed)
            {
                throw DatabaseErrors.LogGone(Path, exception);
            }
        }
    }

    private void Reserve(long bytes) => Guarded(() =>
    {
        lock (_connection)
        {
            if (bytes > _reserved && _reserved < MostReserved)
            {
                _reserved = Math.Min(2 * bytes, MostReserved);
                _connection.Run($"SET memory_limit = '{_reserved.ToString(CultureInfo.InvariantCulture)}B'");
            }
        }
    });

    public void Guarded(Action work) => Guarded(() =>
    {
        work();
        return true;
    });

    /// <summary>Does work on the file and turns the database's errors into plain ones.</summary>
    public T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DuckDBException exception)
        {
            throw Explain(exception, exception.ErrorType);
        }
        catch (AppendException exception)
        {
            throw Explain(exception, exception.ErrorType);
        }
    }

    private PlatformException Explain(Exception exception, DuckDBErrorType errorType)
    {
        _diskWasFull |= DatabaseErrors.IsDiskFull(exception.Message);
        return DatabaseErrors.Explain(Path, exception, errorType);
    }

    // Of processes that were killed: whoever has the file's lock is alone with them.
    private void ClearTemporaries()
    {
        var full = System.IO.Path.GetFullPath(Path);
        foreach (var left in Directory.EnumerateDirectories(System.IO.Path.GetDirectoryName(full)!, System.IO.Path.GetFileName(full) + "*.tmp"))
        {
            if (left != _temporaries)
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    // The database has counted how much of the disk it may use, and does not count again by itself while the file is open.
    private static void CountTheDiskAgain(DuckDBConnection connection)
    {
        try
        {
            connection.Run("RESET max_temp_directory_size");
        }
        catch (DuckDBException)
        {
            // It is still full.
        }
    }

    private static void Use(DuckDBConnection connection) => connection.Run($"USE {Catalog}; SET TimeZone = 'UTC'");
}
