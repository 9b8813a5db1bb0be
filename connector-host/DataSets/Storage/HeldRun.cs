using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>A complete run whose records wait in the DataSet's file for somebody to approve or reject them.</summary>
/// <param name="Arrival">Its records.</param>
/// <param name="Checkpoint">What the DataSet continues from once they are approved.</param>
/// <param name="Reasons">Why it waits, in sentences.</param>
internal sealed record HeldRun(string RunId, DateTimeOffset HeldAt, Arrival Arrival, JsonElement? Checkpoint, IReadOnlyList<string> Reasons)
{
    private const string Columns = "run_id, held_at, table_name, columns, row_count, checkpoint, reasons";

    /// <summary>The run that waits; null when none does.</summary>
    public static HeldRun? Find(DuckDBConnection connection) =>
        connection.Query($"SELECT {Columns} FROM platform.held", Read) is [var held] ? held : null;

    /// <summary>Puts a run's records aside under a name of their own, inside the caller's transaction.</summary>
    public static void Keep(DuckDBConnection connection, HeldRun held, string name)
    {
        if (held.Arrival.Columns.Count > 0)
        {
            connection.Run($"ALTER TABLE {held.Arrival.Table} RENAME TO {name}");
        }

        connection.Run(
            $"INSERT INTO platform.held ({Columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            held.RunId,
            held.HeldAt.UtcDateTime,
            name,
            JsonSerializer.Serialize(held.Arrival.Columns),
            held.Arrival.Count,
            held.Checkpoint?.GetRawText(),
            JsonSerializer.Serialize(held.Reasons));
    }

    /// <summary>Forgets that it waits; its records have been published, or go with <paramref name="withRecords"/>.</summary>
    public static void Release(DuckDBConnection connection, HeldRun held, bool withRecords)
    {
        connection.Run("DELETE FROM platform.held");
        if (withRecords && held.Arrival.Columns.Count > 0)
        {
            connection.Run($"DROP TABLE {held.Arrival.Table}");
        }
    }

    private static HeldRun Read(DuckDBDataReader reader) => new(
        reader.GetString(0),
        new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(1), DateTimeKind.Utc)),
        new Arrival(reader.GetString(2), JsonSerializer.Deserialize<StoredColumn[]>(reader.GetString(3))!, reader.GetInt64(4)),
        reader.IsDBNull(5) ? null : JsonElement.Parse(reader.GetString(5)),
        JsonSerializer.Deserialize<string[]>(reader.GetString(6))!);
}

/// <summary>Records on their way into the DataSet.</summary>
/// <param name="Table">The table that holds them, with the host's columns.</param>
/// <param name="Columns">Its columns without the host's; none when there is no such table.</param>
/// <param name="Count">Its rows.</param>
internal sealed record Arrival(string Table, IReadOnlyList<StoredColumn> Columns, long Count);
