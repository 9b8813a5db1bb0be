using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>One commit of a run, as the DataSet's own file records it.</summary>
/// <param name="Number">1 for the file's first commit, then rising by one.</param>
/// <param name="IsFinal">Whether the run was complete with this commit.</param>
/// <param name="Checkpoint">What a later run continues from; null when the commit brought none.</param>
internal sealed record LedgerEntry(
    long Number, string RunId, long Fence, bool IsFinal, UpdateMethod UpdateMethod, DateTimeOffset CommittedAt, long RowsWritten, long RowsRemoved, JsonElement? Checkpoint)
{
    /// <summary>Of the written rows, those that took the place of a row with the same key.</summary>
    public long RowsChanged { get; init; }

    /// <summary>What an undo needs; null when the commit can no longer be undone.</summary>
    public UndoRecord? Undo { get; init; }

    /// <summary>The undo that took this commit back; its checkpoint does not count any more.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>The run that this commit took back.</summary>
    public string? Undoes { get; init; }

    /// <summary>Whether it is none of the DataSet's usual runs: its rows say nothing of how many are usual.</summary>
    public bool IsAside { get; init; }
}

/// <summary>Reads and writes the platform's tables in a DataSet's file.</summary>
internal static class Ledger
{
    private const string EntryColumns = "number, run_id, fence, is_final, update_method, committed_at, rows_written, rows_removed, checkpoint, rows_changed, undo, undone_by, undoes, is_aside";

    public static IReadOnlyList<LedgerEntry> Entries(DuckDBConnection connection) =>
        connection.Query($"SELECT {EntryColumns} FROM platform.ledger ORDER BY number", ReadEntry);

    public static IReadOnlyList<LedgerEntry> EntriesOf(DuckDBConnection connection, string runId) =>
        connection.Query($"SELECT {EntryColumns} FROM platform.ledger WHERE run_id = ? ORDER BY number", ReadEntry, runId);

    /// <summary>The commits for which something is kept for an undo, in their order.</summary>
    public static IReadOnlyList<UndoableCommit> Undoable(DuckDBConnection connection) => connection.Query(
        "SELECT number, run_id, is_aside, undo FROM platform.ledger WHERE undo IS NOT NULL ORDER BY number",
        reader => new UndoableCommit(reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(2), JsonSerializer.Deserialize<UndoRecord>(reader.GetString(3))!.Kept));

    /// <summary>The last run that is neither undone nor an undo; null when there is none.</summary>
    public static string? LastRun(DuckDBConnection connection) =>
        (string?)connection.Scalar("SELECT run_id FROM platform.ledger WHERE undone_by IS NULL AND undoes IS NULL ORDER BY number DESC LIMIT 1");

    /// <summary>The last of the DataSet's usual runs that is not undone; null when there is none.</summary>
    public static string? LastOwnRun(DuckDBConnection connection) =>
        (string?)connection.Scalar("SELECT run_id FROM platform.ledger WHERE undone_by IS NULL AND undoes IS NULL AND NOT is_aside ORDER BY number DESC LIMIT 1");

    /// <summary>Rows of each of the last complete runs before a run.</summary>
    public static IReadOnlyList<long> RowsOfLastRuns(DuckDBConnection connection, string before, int runs) => connection.Query(
        "SELECT CAST(sum(rows_written) AS BIGINT) FROM platform.ledger WHERE undone_by IS NULL AND undoes IS NULL AND NOT is_aside AND run_id <> ? "
        + $"GROUP BY run_id HAVING bool_or(is_final) ORDER BY max(number) DESC LIMIT {runs}",
        reader => reader.GetInt64(0),
        before);

    /// <summary>Rows that a run has committed so far.</summary>
    public static long RowsOf(DuckDBConnection connection, string runId) =>
        (long)connection.Scalar("SELECT CAST(coalesce(sum(rows_written), 0) AS BIGINT) FROM platform.ledger WHERE run_id = ?", runId)!;

    /// <summary>The last committed checkpoint; null when no commit brought one.</summary>
    public static JsonElement? State(DuckDBConnection connection) =>
        connection.Scalar("SELECT checkpoint FROM platform.ledger WHERE checkpoint IS NOT NULL AND undone_by IS NULL ORDER BY number DESC LIMIT 1") is string text
            ? JsonElement.Parse(text)
            : null;

    /// <summary>Adds an entry. In the table's order and without a statement, which takes a small run as long as all else of its commit.</summary>
    public static void Record(DuckDBConnection connection, LedgerEntry entry, IReadOnlyList<ColumnChange> changes)
    {
        using var appender = connection.CreateAppender(DataSetFile.Catalog, "platform", "ledger");
        appender.CreateRow()
            .AppendValue(entry.Number)
            .AppendValue(entry.RunId)
            .AppendValue(entry.Fence)
            .AppendValue(entry.IsFinal)
            .AppendValue(entry.UpdateMethod.ToString())
            .AppendValue(entry.CommittedAt.UtcDateTime)
            .AppendValue(entry.RowsWritten)
            .AppendValue(entry.RowsRemoved)
            .AppendValue(entry.Checkpoint?.GetRawText())
            .AppendValue(JsonSerializer.Serialize(changes))
            .AppendValue(entry.RowsChanged)
            .AppendValue(entry.Undo is null ? null : JsonSerializer.Serialize(entry.Undo))
            .AppendValue(entry.UndoneBy)
            .AppendValue(entry.Undoes)
            .AppendValue(entry.IsAside)
            .EndRow();
    }

    /// <summary>The last commit's number, its run's fence, and the widest rows that have been committed, in bytes a row; zeros before the first commit.</summary>
    public static (long Number, long Fence, long RowBytes) Last(DuckDBConnection connection) => connection.Query(
        "SELECT coalesce(max(number), 0), greatest(coalesce(max(fence), 0), (SELECT value FROM platform.fence)), (SELECT row_bytes FROM platform.about) FROM platform.ledger",
        reader => (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)))[0];

    /// <summary>Keeps the fence of a commit that has no entry.</summary>
    public static void SetFence(DuckDBConnection connection, long fence) => connection.Run("UPDATE platform.fence SET value = ?", fence);

    /// <summary>The columns of all tables in the file, the platform's own among them.</summary>
    public static long CountAllColumns(DuckDBConnection connection) =>
        (long)connection.Scalar($"SELECT CAST(sum(column_count) AS BIGINT) FROM duckdb_tables() WHERE database_name = '{DataSetFile.Catalog}'")!;

    public static void RaiseRowBytes(DuckDBConnection connection, long rowBytes) =>
        connection.Run("UPDATE platform.about SET row_bytes = ? WHERE row_bytes < ?", rowBytes, rowBytes);

    /// <summary>Rows of the DataSet; 0 before its first commit.</summary>
    public static long CountRows(DuckDBConnection connection) =>
        Columns(connection).Count == 0 ? 0 : (long)connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows}")!;

    public static IReadOnlyList<StoredColumn> Columns(DuckDBConnection connection) =>
        connection.Query(
            "SELECT name, type, scale, is_key, description FROM platform.columns ORDER BY position",
            reader => new StoredColumn(
                reader.GetString(0), Enum.Parse<ColumnType>(reader.GetString(1)), reader.GetInt32(2), reader.GetBoolean(3), reader.IsDBNull(4) ? null : reader.GetString(4)));

    public static void SetColumns(DuckDBConnection connection, IReadOnlyList<StoredColumn> columns)
    {
        connection.Run("DELETE FROM platform.columns");
        foreach (var (position, column) in columns.Index())
        {
            connection.Run(
                "INSERT INTO platform.columns VALUES (?, ?, ?, ?, ?, ?)",
                position,
                column.Name,
                column.Type.ToString(),
                column.Scale,
                column.IsKey,
                column.Description);
        }
    }

    private static LedgerEntry ReadEntry(DuckDBDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetInt64(2),
        reader.GetBoolean(3),
        Enum.Parse<UpdateMethod>(reader.GetString(4)),
        new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(5), DateTimeKind.Utc)),
        reader.GetInt64(6),
        reader.GetInt64(7),
        Text(reader, 8) is { } checkpoint ? JsonElement.Parse(checkpoint) : null)
    {
        RowsChanged = reader.GetInt64(9),
        Undo = Text(reader, 10) is { } undo ? JsonSerializer.Deserialize<UndoRecord>(undo) : null,
        UndoneBy = Text(reader, 11),
        Undoes = Text(reader, 12),
        IsAside = reader.GetBoolean(13),
    };

    private static string? Text(DuckDBDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
