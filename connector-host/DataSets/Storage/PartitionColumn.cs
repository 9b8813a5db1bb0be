using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>The column by which records are told to be of one partition.</summary>
internal sealed class PartitionColumn
{
    private readonly StoredColumn _arriving;
    private readonly PartitionUnit _unit;

    private PartitionColumn(StoredColumn arriving, PartitionUnit unit) => (_arriving, _unit) = (arriving, unit);

    /// <exception cref="ConnectorException">No column is chosen, it does not come, or its type has no days.</exception>
    public static PartitionColumn Of(DataSetRules rules, IReadOnlyList<StoredColumn> arriving)
    {
        var rule = rules.Partition
            ?? throw new ConnectorException(FailureKind.Details, "Partition needs the column by which partitions are told apart: choose one, or another update method.");
        var column = arriving.FirstOrDefault(other => string.Equals(other.Name, rule.Column, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConnectorException(
                FailureKind.Details,
                $"The partition column \"{rule.Column}\" is not among the columns that come: {string.Join(", ", arriving.Select(other => other.Name))}.");
        return rule.Unit == PartitionUnit.Value || column.Type is ColumnType.Date or ColumnType.DateTime
            ? new PartitionColumn(column, rule.Unit)
            : throw new ConnectorException(
                FailureKind.Details, $"The partition column \"{column.Name}\" is {column.Type}, which has no {rule.Unit.ToString().ToLowerInvariant()}: choose a Date or DateTime column, or partitions by value.");
    }

    /// <summary>The join that finds the rows <c>r</c> of the partitions that come.</summary>
    public string JoinOf(DuckDBConnection connection, string incoming, IReadOnlyList<StoredColumn> stored)
    {
        var column = stored.Single(other => string.Equals(other.Name, _arriving.Name, StringComparison.OrdinalIgnoreCase));
        var own = $"r.{SqlTypes.Quote(column.Name)}";
        var part = PartOf(column, SqlTypes.Convert(SqlTypes.Quote(_arriving.Name), _arriving, column));
        var (first, last, end, nulls) = connection.Query(
            $"SELECT CAST(min(part) AS VARCHAR), CAST(max(part) AS VARCHAR), {(IsPlain(column) ? "NULL" : $"CAST(max(part) + INTERVAL 1 {_unit} AS VARCHAR)")}, count(*) - count(part) "
                + $"FROM (SELECT {part} AS part FROM {incoming})",
            reader => (Text(reader, 0), Text(reader, 1), Text(reader, 2), reader.GetInt64(3)))[0];

        // The database finds equal values sooner than values that are not distinct, one value sooner still, and cannot see by itself between which bounds computed parts lie.
        var join = $"SEMI JOIN (SELECT DISTINCT {part} AS part FROM {incoming}) i ON {PartOf(column, own)}";
        var isOne = first is not null && first == last;
        var bounds = end is not null ? $"{own} >= CAST('{first}' AS TIMESTAMPTZ) AND {own} < CAST('{end}' AS TIMESTAMPTZ)"
            : isOne && column.Type is (ColumnType.Date or ColumnType.Integer) ? $"{own} = CAST('{first}' AS {SqlTypes.NameOf(column)})"
            : null;
        return nulls > 0 ? $"{join} IS NOT DISTINCT FROM i.part"
            : bounds is null ? $"{join} = i.part"
            : isOne ? $"WHERE {bounds}" : $"{join} = i.part WHERE {bounds}";
    }

    /// <summary>The condition of a join: row <c>r</c> is of the partition of record <c>i</c>.</summary>
    public string SameAs(IReadOnlyList<StoredColumn> stored)
    {
        var column = stored.Single(other => string.Equals(other.Name, _arriving.Name, StringComparison.OrdinalIgnoreCase));
        return $"{PartOf(column, $"r.{SqlTypes.Quote(column.Name)}")} IS NOT DISTINCT FROM {PartOf(column, SqlTypes.Convert($"i.{SqlTypes.Quote(_arriving.Name)}", _arriving, column))}";
    }

    /// <summary>How many partitions the rows are.</summary>
    public long Count(DuckDBConnection connection) => (long)connection.Scalar(
        $"SELECT count(*) FROM (SELECT DISTINCT {PartOf(_arriving, SqlTypes.Quote(_arriving.Name))} FROM {DataSetFile.Rows})")!;

    private static string? Text(DuckDBDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    // A date is its own day.
    private bool IsPlain(StoredColumn column) => _unit == PartitionUnit.Value || (_unit == PartitionUnit.Day && column.Type == ColumnType.Date);

    // The connection's time zone is UTC.
    private string PartOf(StoredColumn column, string value) => IsPlain(column) ? value : $"date_trunc('{_unit}', {value})";
}
