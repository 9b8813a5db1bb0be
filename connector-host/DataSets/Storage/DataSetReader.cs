using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Rows of a DataSet; the host's columns <c>_run_id</c> and <c>_loaded_at</c> come last.</summary>
/// <param name="Rows">Values by column: string, long, double, decimal, bool, DateOnly, DateTime (UTC), JSON as string, or null.</param>
/// <param name="Total">Rows of the whole DataSet.</param>
internal sealed record RowPage(IReadOnlyList<StoredColumn> Columns, IReadOnlyList<object?[]> Rows, long Total);

internal enum ExportFormat
{
    Csv,
    Parquet,
    JsonLines,
    Excel,
}

/// <summary>Reads a DataSet as of its last commit, whatever a run is writing meanwhile.</summary>
internal sealed class DataSetReader(DataSetFile file)
{
    /// <summary>The columns without those of the host; empty before the first commit.</summary>
    public IReadOnlyList<StoredColumn> Columns() => Read(Ledger.Columns);

    public long Count() => Read(Ledger.CountRows);

    public IReadOnlyList<LedgerEntry> Commits() => Read(Ledger.Entries);

    /// <summary>The checkpoint from which Append and Upsert continue; null when they read from the beginning.</summary>
    public JsonElement? State() => Read(Ledger.State);

    /// <summary>The key columns of Upsert, the rows without a key, and the keys that several rows have.</summary>
    /// <exception cref="ConnectorException">There is no key, or a column of it is none of the DataSet's.</exception>
    public (IReadOnlyList<string> Names, long Without, long Repeated) CountKeys(DataSetRules rules) =>
        Read(connection => new KeyColumns(connection, DataSetFile.Rows, Ledger.Columns(connection), rules).Count());

    /// <summary>How many partitions the rows are.</summary>
    /// <exception cref="ConnectorException">The column is none of the DataSet's, or has no days.</exception>
    public long CountPartitions(DataSetRules rules) =>
        Read(connection => PartitionColumn.Of(rules, Ledger.Columns(connection)).Count(connection));

    /// <summary>The run that an undo would take back; null when there is none.</summary>
    public UndoableRun? Undoable() => Read(RunUndo.Last);

    /// <summary>The run that waits for approval; null when none does.</summary>
    public HeldRun? Held() => Read(HeldRun.Find);

    /// <summary>Records that could not be stored, oldest first, and how many there are.</summary>
    public (IReadOnlyList<QuarantinedRow> Rows, long Total) Quarantine(int limit) =>
        Read(connection => (RowQuarantine.List(connection, limit), RowQuarantine.Count(connection)));

    /// <summary>Rows in the order in which they were stored.</summary>
    public RowPage Page(long offset, int limit) =>
        Read(connection => Page(connection, new Arrival(DataSetFile.Rows, Ledger.Columns(connection), Ledger.CountRows(connection)), offset, limit));

    /// <summary>Rows of the run that waits for approval.</summary>
    public RowPage HeldPage(long offset, int limit) =>
        Read(connection => HeldRun.Find(connection) is { } held ? Page(connection, held.Arrival, offset, limit) : new RowPage([], [], 0));

    /// <summary>Writes all rows to a file. Null is told apart from empty text: in CSV by quotes.</summary>
    /// <exception cref="PlatformException">The DataSet has no columns yet, or the file cannot be written.</exception>
    public void Export(string path, ExportFormat format) => Read(connection =>
    {
        var partial = path + ".partial";
        try
        {
            RowExport.Of(RowMatching.AllColumns(connection)).Write(connection, partial, format);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }

        return true;
    });

    private static RowPage Page(DuckDBConnection connection, Arrival rows, long offset, int limit)
    {
        if (rows.Columns.Count == 0)
        {
            return new RowPage([], [], 0);
        }

        StoredColumn[] all = [.. rows.Columns, .. StoredColumn.OfHost];
        var page = connection.Query(
            $"SELECT {Select(all)} FROM {rows.Table} LIMIT {limit.ToString(CultureInfo.InvariantCulture)} OFFSET {offset.ToString(CultureInfo.InvariantCulture)}",
            reader => ReadRow(reader, all));
        return new RowPage(all, page, rows.Count);
    }

    private static string Select(IEnumerable<StoredColumn> columns) => string.Join(", ", columns.Select(column => SqlTypes.Quote(column.Name)));

    private static object?[] ReadRow(DuckDBDataReader reader, StoredColumn[] columns)
    {
        var row = new object?[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null
                : columns[i].Type == ColumnType.DateTime ? DateTime.SpecifyKind(reader.GetDateTime(i), DateTimeKind.Utc)
                : reader.GetValue(i);
        }

        return row;
    }

    // One transaction, so that columns and rows are of the same commit.
    private T Read<T>(Func<DuckDBConnection, T> read) => file.Guarded(() =>
    {
        using var connection = file.Connect();
        using var transaction = connection.BeginTransaction();
        var result = read(connection);
        transaction.Commit();
        return result;
    });
}
