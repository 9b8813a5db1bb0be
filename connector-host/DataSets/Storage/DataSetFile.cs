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

    private const int Format = 1;

    private readonly DuckDBConnection _connection;
    private readonly string _connectionString;

    private DataSetFile(string path, DuckDBConnection connection, string connectionString)
    {
        Path = path;
        _connection = connection;
        _connectionString = connectionString;
    }

    public string Path { get; }

    /// <summary>Opens the file, creating it with its tables when it is missing.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="memoryLimit">What DuckDB may keep in memory for the file, such as <c>128MB</c>; more goes to disk.</param>
    /// <exception cref="PlatformException"><see cref="PlatformFault.Busy"/> when another process has it open; <see cref="PlatformFault.Storage"/> otherwise.</exception>
    public static DataSetFile Open(string path, string memoryLimit)
    {
        // Work goes on in many files at once: further threads for one of them only take memory and spin while they wait.
        var connectionString = $"DataSource={path};memory_limit={memoryLimit};threads=1";
        var connection = new DuckDBConnection(connectionString);
        var file = new DataSetFile(path, connection, connectionString);
        try
        {
            connection.Open();
            file.Guarded(() => file.Prepare(connection));
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
        var connection = new DuckDBConnection(_connectionString);
        connection.Open();
        connection.Run("SET TimeZone = 'UTC'");
        return connection;
    });

    public void Dispose() => _connection.Dispose();

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

        if (text.Contains("No space left", StringComparison.OrdinalIgnoreCase) || text.Contains("disk full", StringComparison.OrdinalIgnoreCase))
        {
            return new PlatformException(PlatformFault.Storage, $"The disk that holds {Path} is full. Nothing was changed; free some space and run again.", exception);
        }

        return errorType switch
        {
            DuckDBErrorType.Transaction => new PlatformException(PlatformFault.Busy, $"Another run changed the DataSet's file {Path} at the same time: {FirstLine(text)}", exception),
            _ => new PlatformException(PlatformFault.Storage, $"The DataSet's file {Path}: {FirstLine(text)}", exception),
        };
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();

    private void Prepare(DuckDBConnection connection)
    {
        if (connection.Scalar("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'platform' AND table_name = 'about'") is 0L)
        {
            if (connection.Scalar("SELECT count(*) FROM information_schema.tables") is not 0L)
            {
                throw new PlatformException(PlatformFault.Storage, $"{Path} is a database of something else; a DataSet's file has a schema \"platform\".");
            }

            using var transaction = connection.BeginTransaction();
            connection.Run($"""
                CREATE SCHEMA platform;
                CREATE TABLE platform.about (format INTEGER NOT NULL);
                INSERT INTO platform.about VALUES ({Format});
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
    }
}
