using System.Collections.Concurrent;
using System.Globalization;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Database engines without a file. Starting one takes ten times as long as attaching a file to it, so a few are kept for the files that are opened next;
/// each serves one file at a time, and what breaks one harms no other.
/// </summary>
internal static class Engines
{
    // As many as the runs that go on at once by default; each keeps 3 MB.
    private const int MostIdle = 8;

    private static readonly ConcurrentQueue<DuckDBConnection> Idle = new();

    /// <param name="memoryMegabytes">What it may keep in memory.</param>
    public static DuckDBConnection Take(int memoryMegabytes)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"{memoryMegabytes}MiB");
        if (Idle.TryDequeue(out var idle))
        {
            idle.Run($"SET memory_limit = '{limit}'");
            return idle;
        }

        // One thread: a run writes with one, and each further one keeps memory of its own.
        var connection = new DuckDBConnection($"DataSource=:memory:;memory_limit={limit};threads=1");
        connection.Open();

        // They could not be taken back: Checkpoints does them.
        connection.Run("SET checkpoint_threshold = '1TB'");
        connection.Run("PRAGMA disable_checkpoint_on_shutdown");
        return connection;
    }

    /// <summary>Closes the file that is attached and keeps the engine for another one.</summary>
    /// <returns>False when it is no longer sound or not needed; the caller disposes of it, which closes the file as well.</returns>
    public static bool TryReturn(DuckDBConnection connection, string catalog)
    {
        if (Idle.Count >= MostIdle)
        {
            return false;
        }

        try
        {
            connection.Run("USE memory");
            connection.Run($"DETACH {catalog}");

            // An engine that has put something on disk stays with the folder that it used.
            connection.Run("SET temp_directory = ''");
        }
        catch (DuckDBException)
        {
            return false;
        }

        Idle.Enqueue(connection);
        return true;
    }
}
