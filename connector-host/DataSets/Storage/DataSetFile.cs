using System.Data.Common;
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

    private const int Format = 2;

    // What came with format 2: undoing runs.
    private const string LedgerOfFormat2 = """
        ALTER TABLE platform.ledger ADD COLUMN rows_changed BIGINT DEFAULT 0;
        ALTER TABLE platform.ledger ADD COLUMN undo VARCHAR;
        ALTER TABLE platform.ledger ADD COLUMN undone_by VARCHAR;
        ALTER TABLE platform.ledger ADD COLUMN undoes VARCHAR;
        UPDATE platform.about SET format = 2;
        """;

    /// <summary>What the file is called in SQL.</summary>
    public const string Catalog = "dataset";

    // A sixth of DuckDB's own: what a run keeps in memory is a group of rows at a time, and so does not grow with the rows.
    public const int RowGroupSize = 20_480;

    // DuckDB pins a whole group of rows to compress and write it, and needs room beside it.
    private const int RoomPerGroup = 3;

    // What a join and the list of rows that a transaction deletes took in measurements; both go to disk only in part.
    private const long RoomToSearch = 32L << 20;
    private const long RoomPerSearchedRow = 64;

    // However wide the rows: half of the machine, so that a run fails in words before the system ends the host.
    private static readonly long MostReserved = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    private readonly DuckDBConnection _connection;
    private long _reserved;
    private volatile bool _diskWasFull;

    private DataSetFile(string path, DuckDBConnection connection, long reserved)
    {
        Path = path;
        _connection = connection;
        _reserved = reserved;
    }

    public string Path { get; }

    /// <summary>Opens the file, creating it with its tables when it is missing.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="memoryMegabytes">What DuckDB may keep in memory for the file until more is reserved; the rest goes to disk.</param>
    /// <exception cref="PlatformException"><see cref="PlatformFault.Busy"/> when another process has it open; <see cref="PlatformFault.Storage"/> otherwise.</exception>
    public static DataSetFile Open(string path, int memoryMegabytes)
    {
        // One thread: a run writes with one, and each further one keeps memory of its own. Attached, as only then the size of row groups can be said.
        var connection = new DuckDBConnection($"DataSource=:memory:;memory_limit={memoryMegabytes}MiB;threads=1");
        var file = new DataSetFile(path, connection, (long)memoryMegabytes << 20);
        try
        {
            connection.Open();
            connection.Run($"ATTACH {SqlTypes.Literal(path)} AS {Catalog} (TYPE duckdb, ROW_GROUP_SIZE {RowGroupSize})");
            file.ClearTemporaries();
            connection.Run($"SET temp_directory = {SqlTypes.Literal(file.Temporaries)}");
            Use(connection);
            file.Guarded(() => file.Prepare(connection));

            // Who adds to wide rows needs room for them, however narrow his own are.
            var (rowBytes, rows) = file.Guarded(() => (Ledger.RowBytes(connection), Ledger.CountRows(connection)));
            file.Reserve(rowBytes, rows);
            return file;
        }
        catch (DuckDBException exception)
        {
            connection.Dispose();
            throw file.Explain(exception, exception.ErrorType);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A further connection to the open file; the caller disposes it.</summary>
    public DuckDBConnection Connect() => Guarded(() =>
    {
        var connection = _connection.Duplicate();
        connection.Open();
        Use(connection);
        if (_diskWasFull)
        {
            CountTheDiskAgain(connection);
        }

        return connection;
    });

    public void Dispose() => _connection.Dispose();

    /// <summary>Makes room for a group of rows. Never less than there was: somebody may be using it.</summary>
    /// <param name="rowBytes">What a row takes, roughly.</param>
    /// <param name="rows">How many there are in all.</param>
    public void Reserve(long rowBytes, long rows) => Reserve(RoomPerGroup * rowBytes * Math.Min(rows, RowGroupSize));

    /// <summary>Makes room for rows to be found by others and taken away. Never less than there was.</summary>
    /// <param name="rows">The rows that look for others, and those that may be found.</param>
    public void ReserveForSearch(long rows) => Reserve(RoomToSearch + (RoomPerSearchedRow * rows));

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

    private PlatformException Explain(DbException exception, DuckDBErrorType errorType)
    {
        var text = exception.Message;
        if (text.Contains("lock on file", StringComparison.OrdinalIgnoreCase))
        {
            return new PlatformException(PlatformFault.Busy, $"Another process has the DataSet's file {Path} open: {FirstLine(text)}", exception);
        }

        // The last is what the database says of rows that neither memory nor the disk has room for.
        if (text.Contains("No space left", StringComparison.OrdinalIgnoreCase) || text.Contains("disk full", StringComparison.OrdinalIgnoreCase)
            || text.Contains("max_temp_directory_size", StringComparison.OrdinalIgnoreCase))
        {
            _diskWasFull = true;
            return new PlatformException(PlatformFault.Storage, $"The disk that holds {Path} is full. Nothing was changed; free some space and run again.", exception);
        }

        if (text.Contains("File too large", StringComparison.OrdinalIgnoreCase))
        {
            return new PlatformException(
                PlatformFault.Storage, $"The file {Path} may not become larger: the disk or a limit of the user forbids it. Nothing was changed; raise the limit and run again.", exception);
        }

        if (errorType == DuckDBErrorType.OutOfMemory || text.Contains("failed to pin", StringComparison.OrdinalIgnoreCase))
        {
            return new PlatformException(
                PlatformFault.Storage, $"The rows of {Path} are too wide for the memory that there is ({FirstLine(text)}). Nothing was changed; raise the setting DataSets:MemoryMegabytes.", exception);
        }

        return errorType switch
        {
            DuckDBErrorType.Transaction => new PlatformException(PlatformFault.Busy, $"Another run changed the DataSet's file {Path} at the same time: {FirstLine(text)}", exception),
            _ => new PlatformException(PlatformFault.Storage, $"The DataSet's file {Path}: {FirstLine(text)}", exception),
        };
    }

    /// <summary>Where DuckDB puts what memory does not hold.</summary>
    private string Temporaries => Path + ".tmp";

    // Of a process that was killed: whoever has the file's lock is alone with them.
    private void ClearTemporaries()
    {
        if (Directory.Exists(Temporaries))
        {
            Directory.Delete(Temporaries, recursive: true);
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

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    private void Prepare(DuckDBConnection connection)
    {
        if (connection.Scalar($"SELECT count(*) FROM information_schema.tables WHERE table_catalog = '{Catalog}' AND table_schema = 'platform' AND table_name = 'about'") is 0L)
        {
            if (connection.Scalar($"SELECT count(*) FROM information_schema.tables WHERE table_catalog = '{Catalog}'") is not 0L)
            {
                throw new PlatformException(PlatformFault.Storage, $"{Path} is a database of something else; a DataSet's file has a schema \"platform\".");
            }

            using var transaction = connection.BeginTransaction();
            connection.Run($"""
                CREATE SCHEMA platform;
                CREATE TABLE platform.about (format INTEGER NOT NULL, row_bytes BIGINT NOT NULL);
                INSERT INTO platform.about VALUES (1, 0);
                CREATE TABLE platform.fence (value BIGINT NOT NULL);
                INSERT INTO platform.fence VALUES (0);
                CREATE TABLE platform.columns (position INTEGER NOT NULL, name VARCHAR NOT NULL, type VARCHAR NOT NULL, scale INTEGER NOT NULL, is_key BOOLEAN NOT NULL, description VARCHAR);
                CREATE TABLE platform.ledger (
                    number BIGINT NOT NULL, run_id VARCHAR NOT NULL, fence BIGINT NOT NULL, is_final BOOLEAN NOT NULL, update_method VARCHAR NOT NULL,
                    committed_at TIMESTAMPTZ NOT NULL, rows_written BIGINT NOT NULL, rows_removed BIGINT NOT NULL, checkpoint VARCHAR, column_changes VARCHAR NOT NULL);
                """);
            transaction.Commit();
        }

        var format = System.Convert.ToInt64(connection.Scalar("SELECT format FROM platform.about"), CultureInfo.InvariantCulture);
        if (format > Format)
        {
            throw new PlatformException(PlatformFault.Storage, $"{Path} has format {format}, this version knows formats up to {Format}: use a newer version of the platform.");
        }

        if (format < Format)
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(LedgerOfFormat2);
            transaction.Commit();
        }
    }
}
