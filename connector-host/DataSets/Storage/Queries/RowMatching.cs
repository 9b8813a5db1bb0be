using System.Globalization;
using ConnectorPlatform.Host.DataSets.Queries;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>Rows and what columns hold, by filters.</summary>
internal static class RowMatching
{
    // Up to here counting the different values exactly costs less than anybody notices.
    private const long MostCounted = 200_000;
    private const int TopValues = 5;
    private const int LongestValue = 200;

    /// <exception cref="PlatformException">A column is none of the DataSet's, or a value does not fit its column.</exception>
    public static RowMatches Page(DuckDBConnection connection, RowQuery query)
    {
        if (AllColumns(connection) is not { Count: > 0 } columns)
        {
            return new RowMatches(new RowPage([], [], 0), 0);
        }

        var selection = RowSelection.Of(query, columns);
        var names = string.Join(", ", columns.Select(column => SqlTypes.Quote(column.Name)));
        var rows = connection.Query(
            string.Create(CultureInfo.InvariantCulture, $"SELECT {names} FROM {DataSetFile.Rows} {selection.Where} {selection.Order} LIMIT {query.Limit} OFFSET {query.Offset}"),
            reader => RowValues.Read(reader, columns.Count),
            [.. selection.Parameters]);
        var total = Ledger.CountRows(connection);
        var matching = selection.Where.Length == 0 ? total : (long)connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows} {selection.Where}", [.. selection.Parameters])!;
        return new RowMatches(new RowPage(columns, rows, total), matching);
    }

    /// <exception cref="PlatformException">A column is none of the DataSet's, or a value does not fit its column.</exception>
    public static ColumnStatistics Statistics(DuckDBConnection connection, string name, IReadOnlyList<RowFilter> filters)
    {
        var columns = AllColumns(connection);
        var column = RowSelection.Find(columns, name);
        var selection = RowSelection.Of(new RowQuery { Filters = filters }, columns);
        var quoted = SqlTypes.Quote(column.Name);
        var isEstimate = Ledger.CountRows(connection) > MostCounted;
        var compared = column.Type == ColumnType.Json ? $"CAST({quoted} AS VARCHAR)" : quoted;
        var average = column.Type is ColumnType.Integer or ColumnType.Double or ColumnType.Decimal ? $"avg({quoted})" : "CAST(NULL AS DOUBLE)";
        var figures = connection.Query(
            $"SELECT count(*), count(*) - count({quoted}), {(isEstimate ? $"approx_count_distinct({compared})" : $"count(DISTINCT {compared})")}, {average}, min({compared}), max({compared}) FROM {DataSetFile.Rows} {selection.Where}",
            reader => RowValues.Read(reader, 6),
            [.. selection.Parameters])[0];
        var top = connection.Query(
            $"SELECT left(CAST({quoted} AS VARCHAR), {LongestValue}), count(*) FROM {DataSetFile.Rows} {selection.Where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TopValues}",
            reader => new ValueCount(reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetInt64(1)),
            [.. selection.Parameters]);
        return new ColumnStatistics(column, (long)figures[0]!, (long)figures[1]!, (long)figures[2]!, isEstimate, figures[4], figures[5], (double?)figures[3], top);
    }

    /// <summary>The DataSet's columns and those of the host; none before the first commit.</summary>
    public static IReadOnlyList<StoredColumn> AllColumns(DuckDBConnection connection) =>
        Ledger.Columns(connection) is { Count: > 0 } columns ? [.. columns, .. StoredColumn.OfHost] : [];
}
