using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Stores the quarantine's records after all, by the rules that the DataSet has now, inside the writer's transaction. What a later run
/// has replaced is left where it is: an old record must not take the place of a newer row.
/// </summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="table">A name for the table that takes the records.</param>
/// <param name="options">The replay's own run.</param>
internal sealed class QuarantineReplay(DuckDBConnection connection, string table, WriterOptions options)
{
    private const string Number = "_number";

    private readonly string _waiting = $"{table}_waiting";

    /// <summary>The columns with which records wait; those of one entry can be replayed together.</summary>
    public static IReadOnlyList<string> Shapes(DuckDBConnection connection) => connection.Query(
        "SELECT columns FROM platform.quarantine WHERE replayed_by IS NULL GROUP BY columns ORDER BY min(number)", reader => reader.GetString(0));

    /// <summary>Takes the records of one shape that can be stored now out of the quarantine.</summary>
    /// <returns>Those records, ready to be published.</returns>
    public Arrival Take(string shape, IReadOnlyList<StoredColumn> before)
    {
        var columns = JsonSerializer.Deserialize<StoredColumn[]>(shape)!;
        Fetch(columns, shape);
        var firm = options.Rules.MostQuarantined > 0 ? FirmColumn.Of(columns, before) : [];
        if (Sieve.Of(connection, new Arrival(_waiting, columns, 0), firm, options) is { } sieve)
        {
            Leave(sieve.Fails, sieve.Reason);
        }

        var read = FirmColumn.Read(columns, firm);
        StoredColumn[] results = [.. read.Select(column => column.Column)];
        connection.Run($"CREATE TABLE {table} AS SELECT {Number}, _run_id, _loaded_at, {string.Join(", ", read.Select(column => column.Expression))} FROM {_waiting}");
        connection.Run($"DROP TABLE {_waiting}");
        LeaveOvertaken(results, before);
        return Ready(results);
    }

    private void Fetch(StoredColumn[] columns, string shape)
    {
        var values = columns.Select((column, index) => $"CAST(vals[{index + 1}] AS {SqlTypes.NameOf(column)}) AS {SqlTypes.Quote(column.Name)}");
        connection.Run(
            $"CREATE TABLE {_waiting} AS SELECT number AS {Number}, run_id AS _run_id, loaded_at AS _loaded_at, {string.Join(", ", values)} "
            + $"FROM platform.quarantine WHERE replayed_by IS NULL AND columns = {SqlTypes.Literal(shape)} ORDER BY number");
    }

    private void Leave(string fails, string reason)
    {
        connection.Run($"UPDATE platform.quarantine SET reason = w.reason FROM (SELECT {Number} AS number, {reason} AS reason FROM {_waiting} WHERE {fails}) w WHERE platform.quarantine.number = w.number");
        connection.Run($"DELETE FROM {_waiting} WHERE {fails}");
    }

    private void LeaveOvertaken(StoredColumn[] columns, IReadOnlyList<StoredColumn> before)
    {
        var overtaken = options.UpdateMethod switch
        {
            UpdateMethod.Replace => $"SELECT {Number} FROM {table} WHERE _run_id <> {SqlTypes.Literal(Ledger.LastOwnRun(connection) ?? "")}",
            UpdateMethod.Upsert when before.Count > 0 => LaterRows(new KeyColumns(connection, table, columns, options.Rules).SameAs(ColumnMerge.Of(before, columns).Columns)),
            UpdateMethod.Partition when before.Count > 0 => LaterRows(PartitionColumn.Of(options.Rules, columns).SameAs(ColumnMerge.Of(before, columns).Columns)),
            _ => null,
        };
        if (overtaken is not null)
        {
            connection.Run($"UPDATE platform.quarantine SET reason = 'A later run has replaced what this record belongs to' WHERE number IN ({overtaken})");
            connection.Run($"DELETE FROM {table} WHERE {Number} IN ({overtaken})");
        }
    }

    private string LaterRows(string same) =>
        $"SELECT i.{Number} FROM {table} i SEMI JOIN {DataSetFile.Rows} r ON {same} AND r._run_id <> i._run_id AND r._loaded_at > i._loaded_at";

    private Arrival Ready(StoredColumn[] columns)
    {
        connection.Run($"UPDATE platform.quarantine SET replayed_by = ? WHERE number IN (SELECT {Number} FROM {table})", options.RunId);
        var names = string.Join(", ", columns.Select(column => SqlTypes.Quote(column.Name)));
        connection.Run($"CREATE TABLE {_waiting} ({SqlTypes.Declare([.. StoredColumn.OfHost, .. columns])})");
        var count = connection.Run($"INSERT INTO {_waiting} SELECT ?, CAST(? AS TIMESTAMPTZ), {names} FROM {table} ORDER BY {Number}", options.RunId, options.Time.GetUtcNow().UtcDateTime);
        connection.Run($"DROP TABLE {table}");
        connection.Run($"ALTER TABLE {_waiting} RENAME TO {table}");
        return new Arrival(table, columns, count);
    }
}
