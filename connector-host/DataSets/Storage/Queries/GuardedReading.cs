using System.Globalization;
using ConnectorPlatform.Host.DataSets.Queries;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// Reads a DataSet's file for people: the database reaches no other file, and what takes too long or too much memory is stopped.
/// </summary>
/// <param name="file">The DataSet's file.</param>
/// <param name="exports">The only folder that the database may still write to.</param>
/// <param name="options">What a query may cost.</param>
/// <param name="time">The clock.</param>
internal sealed class GuardedReading(DataSetFile file, string exports, QueryOptions options, TimeProvider time)
{
    // A query takes some gigabytes a second when it copies texts: what it took between two looks is beyond what it may take.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Reads in one transaction, so that all that is read is of the same commit.</summary>
    /// <param name="within">How long it may take.</param>
    /// <param name="read">The reading; it is not told of the stop: what it does in the database ends.</param>
    /// <param name="cancellationToken">Stops it at once.</param>
    /// <exception cref="PlatformException">It took too long or too much memory.</exception>
    public T Read<T>(TimeSpan within, Func<DuckDBConnection, T> read, CancellationToken cancellationToken) => file.Guarded(() =>
    {
        file.ReserveForSearch(rows: 0);
        using var connection = file.Connect();
        lock (file)
        {
            Seal(connection, exports);
        }

        using var interrupt = connection.CreateCommand();
        var stop = new Stop(within, options, time, interrupt.Cancel, cancellationToken);
        using var looking = time.CreateTimer(_ => stop.Look(), null, LookEvery, LookEvery);
        try
        {
            using var transaction = connection.BeginTransaction();
            var result = read(connection);
            transaction.Commit();
            return result;
        }
        catch (Exception exception) when (exception is OperationCanceledException or DuckDBException && stop.Reason is { } reason)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new PlatformException(PlatformFault.Input, reason, exception);
        }
        catch (DuckDBException exception) when (exception.ErrorType == DuckDBErrorType.OutOfMemory)
        {
            throw new PlatformException(PlatformFault.Input, SqlProcess.TooMuchMemory, exception);
        }
        finally
        {
            stop.End();
        }
    });

    /// <summary>
    /// Shuts the database off from all files but its own, its log, its folder for temporaries and one more folder. It holds for all connections to the file until it is closed.
    /// </summary>
    public static void Seal(DuckDBConnection connection, string folder)
    {
        if (connection.Scalar("SELECT current_setting('enable_external_access')") is true)
        {
            connection.Run($"SET allowed_directories = [{SqlTypes.Literal(Path.GetFullPath(folder) + Path.DirectorySeparatorChar)}]");
            connection.Run("SET enable_external_access = false");
        }
    }

    public static string TooLong(TimeSpan within) =>
        string.Create(CultureInfo.InvariantCulture, $"The query was stopped after {within.TotalSeconds:0.#} seconds, the most that one may take; let it look at fewer rows.");

    /// <summary>Interrupts a reading that has to end, again and again, as the database forgets an interruption that comes between two statements.</summary>
    private sealed class Stop(TimeSpan within, QueryOptions options, TimeProvider time, Action interrupt, CancellationToken cancellationToken)
    {
        private readonly long _began = time.GetTimestamp();
        private readonly long _memory = Environment.WorkingSet;
        private readonly Lock _looking = new();
        private bool _isOver;

        public string? Reason { get; private set; }

        public void Look()
        {
            lock (_looking)
            {
                if (!_isOver)
                {
                    Judge();
                }
            }
        }

        /// <summary>Nothing is interrupted after this: a look of the timer may come late, when the connection is closed.</summary>
        public void End()
        {
            lock (_looking)
            {
                _isOver = true;
            }
        }

        private void Judge()
        {
            Reason ??= cancellationToken.IsCancellationRequested ? "The query was cancelled."
                : time.GetElapsedTime(_began) >= within ? TooLong(within)
                : (Environment.WorkingSet - _memory) >> 20 > options.MemoryMegabytes
                ? $"The query was stopped, as it took more than {options.MemoryMegabytes} MB of memory; let it look at fewer rows or columns."
                : null;
            if (Reason is not null)
            {
                interrupt();
            }
        }
    }
}
