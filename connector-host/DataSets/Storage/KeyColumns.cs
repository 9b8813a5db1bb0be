using System.Globalization;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>The key columns of a table, by which Upsert finds the rows that its records take the place of.</summary>
internal sealed class KeyColumns
{
    private const int Examples = 3;

    private readonly DuckDBConnection _connection;
    private readonly string _table;
    private readonly DataSetRules _rules;
    private readonly IReadOnlyList<StoredColumn> _keys;

    /// <exception cref="ConnectorException">There is no key, or a column of it does not come.</exception>
    public KeyColumns(DuckDBConnection connection, string table, IReadOnlyList<StoredColumn> columns, DataSetRules rules)
    {
        (_connection, _table, _rules) = (connection, table, rules);
        _keys = rules.Key is { Count: > 0 } chosen
            ? [.. chosen.Select(name => columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)) ?? throw Missing(name, columns))]
            : [.. columns.Where(column => column.IsKey)];
        if (_keys.Count == 0)
        {
            throw new ConnectorException(
                FailureKind.Details, "Upsert needs key columns, and this report marks none: choose those that identify a record, or another update method.");
        }
    }

    /// <summary>What the columns are called.</summary>
    public IReadOnlyList<string> Names => [.. _keys.Select(key => key.Name)];

    private string List => string.Join(", ", _keys.Select(key => SqlTypes.Quote(key.Name)));

    /// <summary>Checks that every record has a key of its own; where the last of the same key counts, drops those before.</summary>
    /// <returns>How many records were dropped.</returns>
    /// <exception cref="ConnectorException">A key is null, or comes twice where that is a failure.</exception>
    public long Check()
    {
        foreach (var key in _keys)
        {
            if ((long)_connection.Scalar($"SELECT count(*) FROM {_table} WHERE {SqlTypes.Quote(key.Name)} IS NULL")! is > 0 and var count)
            {
                throw new ConnectorException(
                    FailureKind.Details, $"{Counted.Of(count, "record")} {(count == 1 ? "has" : "have")} no value in the key column \"{key.Name}\", so Upsert cannot tell which rows they are. Choose a key that every record has.");
            }
        }

        if ((long)_connection.Scalar($"SELECT count(*) - count(DISTINCT ({List})) FROM {_table}")! == 0)
        {
            return 0;
        }

        if (_rules.RepeatedKeys == RepeatedKeys.Fail)
        {
            throw Repeated($"SELECT {List} FROM {_table} GROUP BY {List} HAVING count(*) > 1");
        }

        return _connection.Run($"DELETE FROM {_table} WHERE rowid NOT IN (SELECT max(rowid) FROM {_table} GROUP BY {List})");
    }

    /// <summary>Checks that no record has a key that an earlier commit of this run stored.</summary>
    /// <exception cref="ConnectorException">One has, where that is a failure.</exception>
    public void CheckAgainstRun(string runId, IReadOnlyList<StoredColumn> stored)
    {
        if (_rules.RepeatedKeys == RepeatedKeys.Fail)
        {
            var repeated = $"SELECT {string.Join(", ", _keys.Select(key => $"r.{SqlTypes.Quote(key.Name)}"))} FROM {DataSetFile.Rows} r SEMI JOIN {_table} i ON {SameAs(stored)} "
                + $"WHERE r._run_id = {SqlTypes.Literal(runId)}";
            if (_connection.Scalar($"SELECT 1 FROM ({repeated}) LIMIT 1") is not null)
            {
                throw Repeated(repeated);
            }
        }
    }

    /// <summary>The condition of a join: row <c>r</c> has the key of record <c>i</c>.</summary>
    public string SameAs(IReadOnlyList<StoredColumn> stored) => string.Join(" AND ", _keys.Select(key =>
    {
        var column = stored.Single(other => string.Equals(other.Name, key.Name, StringComparison.OrdinalIgnoreCase));
        return $"r.{SqlTypes.Quote(column.Name)} = {SqlTypes.Convert($"i.{SqlTypes.Quote(key.Name)}", key, column)}";
    }));

    /// <summary>The columns' names, the rows without a key, and the keys that several rows have.</summary>
    public (IReadOnlyList<string> Names, long Without, long Repeated) Count()
    {
        var without = string.Join(" OR ", _keys.Select(key => $"{SqlTypes.Quote(key.Name)} IS NULL"));
        return (
            [.. _keys.Select(key => key.Name)],
            (long)_connection.Scalar($"SELECT count(*) FROM {_table} WHERE {without}")!,
            (long)_connection.Scalar($"SELECT count(*) FROM (SELECT 1 FROM {_table} WHERE NOT ({without}) GROUP BY {List} HAVING count(*) > 1)")!);
    }

    private ConnectorException Repeated(string query)
    {
        var examples = _connection.Query($"{query} LIMIT {Examples}", reader => string.Join(", ", _keys.Select(
            (key, ordinal) => string.Create(CultureInfo.InvariantCulture, $"{key.Name} = {reader.GetValue(ordinal)}"))));
        return new ConnectorException(
            FailureKind.Details,
            $"Keys come more than once in this run, such as {string.Join("; ", examples)}. Choose a key that tells the records apart, or let the last record of a key count.");
    }

    private static ConnectorException Missing(string name, IReadOnlyList<StoredColumn> columns) => new(
        FailureKind.Details, $"The key column \"{name}\" is not among the columns that come: {string.Join(", ", columns.Select(column => column.Name))}.");
}
