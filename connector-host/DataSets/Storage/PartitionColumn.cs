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
    public string JoinOf(string incoming, IReadOnlyList<StoredColumn> stored)
    {
        var column = stored.Single(other => string.Equals(other.Name, _arriving.Name, StringComparison.OrdinalIgnoreCase));
        var name = SqlTypes.Quote(_arriving.Name);
        return $"SEMI JOIN (SELECT DISTINCT {PartOf(SqlTypes.Convert(name, _arriving, column))} AS part FROM {incoming}) i ON {PartOf($"r.{SqlTypes.Quote(column.Name)}")} IS NOT DISTINCT FROM i.part";
    }

    /// <summary>How many partitions the rows are.</summary>
    public long Count(DuckDBConnection connection) => (long)connection.Scalar(
        $"SELECT count(*) FROM (SELECT DISTINCT {PartOf(SqlTypes.Quote(_arriving.Name))} FROM {DataSetFile.Rows})")!;

    // The connection's time zone is UTC.
    private string PartOf(string value) => _unit == PartitionUnit.Value ? value : $"date_trunc('{_unit}', {value})";
}
