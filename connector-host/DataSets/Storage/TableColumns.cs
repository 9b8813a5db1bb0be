using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Changes a table's columns and copies between tables of different columns, exactly.</summary>
internal static class TableColumns
{
    /// <summary>Brings a table to wider columns.</summary>
    /// <returns>The columns that the table has now; text where a promised double could not hold an integer exactly.</returns>
    public static IReadOnlyList<StoredColumn> Apply(
        DuckDBConnection connection, string table, IReadOnlyList<StoredColumn> current, IReadOnlyList<StoredColumn> wanted)
    {
        var result = wanted.ToArray();
        for (var i = 0; i < wanted.Count; i++)
        {
            if (i >= current.Count)
            {
                connection.Run($"ALTER TABLE {table} ADD COLUMN {SqlTypes.Declare([wanted[i]])}");
                continue;
            }

            result[i] = ExactOrText(connection, table, current[i], wanted[i]);
            if (SqlTypes.NameOf(current[i]) != SqlTypes.NameOf(result[i]))
            {
                var name = SqlTypes.Quote(current[i].Name);
                connection.Run($"ALTER TABLE {table} ALTER {name} TYPE {SqlTypes.NameOf(result[i])} USING {SqlTypes.Convert(name, current[i], result[i])}");
            }
        }

        return result;
    }

    /// <summary>Copies rows of before into a table with the columns of before: their values are those that they had then, whatever their columns have become since.</summary>
    /// <returns>How many.</returns>
    public static int CopyBack(DuckDBConnection connection, string source, string target, IReadOnlyList<StoredColumn> former)
    {
        StoredColumn[] columns = [.. StoredColumn.OfHost, .. former];
        var names = string.Join(", ", columns.Select(column => SqlTypes.Quote(column.Name)));
        var values = string.Join(", ", columns.Select(column => $"CAST({SqlTypes.Quote(column.Name)} AS {SqlTypes.NameOf(column)})"));
        return connection.Run($"INSERT INTO {target} ({names}) SELECT {values} FROM {source}");
    }

    /// <summary>Copies all rows with the host's columns; columns that the source lacks become null.</summary>
    public static void Copy(
        DuckDBConnection connection, string source, IReadOnlyList<StoredColumn> sourceColumns, string target, IReadOnlyList<StoredColumn> targetColumns)
    {
        var pairs = sourceColumns
            .Select(from => (From: from, To: targetColumns.Single(to => string.Equals(from.Name, to.Name, StringComparison.OrdinalIgnoreCase))))
            .Concat(StoredColumn.OfHost.Select(column => (From: column, To: column)))
            .ToArray();
        var into = string.Join(", ", pairs.Select(pair => SqlTypes.Quote(pair.To.Name)));
        var values = string.Join(", ", pairs.Select(pair => SqlTypes.Convert(SqlTypes.Quote(pair.From.Name), pair.From, pair.To)));
        connection.Run($"INSERT INTO {target} ({into}) SELECT {values} FROM {source}");
    }

    private static StoredColumn ExactOrText(DuckDBConnection connection, string table, StoredColumn current, StoredColumn wanted)
    {
        if (current.Type != ColumnType.Integer || wanted.Type != ColumnType.Double)
        {
            return wanted;
        }

        var name = SqlTypes.Quote(current.Name);
        var limit = SqlTypes.LargestExactDouble;
        return connection.Scalar($"SELECT 1 FROM {table} WHERE {name} NOT BETWEEN -{limit} AND {limit} LIMIT 1") is null
            ? wanted
            : wanted with { Type = ColumnType.String };
    }
}
