using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform;

/// <summary>A batch of rows whose columns are known only at run time; every value is checked when the batch is made.</summary>
internal sealed class RowBatch : RecordBatch
{
    private readonly object?[][] _rows;

    internal RowBatch(IReadOnlyList<Column> columns, IReadOnlyList<object?[]> rows, JsonElement? checkpoint)
        : base(ColumnRules.Check(columns), checkpoint)
    {
        var converted = new object?[rows.Count][];
        for (var i = 0; i < rows.Count; i++)
        {
            converted[i] = Convert(columns, rows[i], i);
        }

        _rows = converted;
    }

    public override int Count => _rows.Length;

    public override void CopyColumn<TValue>(int ordinal, Span<TValue> destination)
    {
        for (var i = 0; i < _rows.Length; i++)
        {
            destination[i] = (TValue)_rows[i][ordinal]!;
        }
    }

    private static object?[] Convert(IReadOnlyList<Column> columns, object?[] row, int index)
    {
        if (row.Length != columns.Count)
        {
            throw new ConnectorException(
                FailureKind.Connector, $"Row {index} of the batch has {row.Length} values where there are {columns.Count} columns.");
        }

        var converted = new object?[row.Length];
        for (var i = 0; i < row.Length; i++)
        {
            converted[i] = row[i] is null or JsonElement { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } ? null : Convert(row[i]!, columns[i].Type)
                ?? throw new ConnectorException(
                    FailureKind.Connector,
                    $"Row {index} of the batch has a {row[i]!.GetType().Name} in column \"{columns[i].Name}\", whose type is {columns[i].Type}.");
        }

        return converted;
    }

    private static object? Convert(object value, ColumnType type) => (type, value) switch
    {
        (ColumnType.String, string text) => text,
        (ColumnType.Integer, long number) => number,
        (ColumnType.Integer, int or short or byte or sbyte or ushort or uint) => System.Convert.ToInt64(value, CultureInfo.InvariantCulture),
        (ColumnType.Double, double number) => number,
        (ColumnType.Double, float number) => (double)number,
        (ColumnType.Decimal, decimal number) => number,
        (ColumnType.Decimal, long or int or short or byte or sbyte or ushort or uint or ulong) => System.Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        (ColumnType.Boolean, bool flag) => flag,
        (ColumnType.Date, DateOnly date) => date,
        (ColumnType.DateTime, DateTime instant) => Instant.From(instant),
        (ColumnType.DateTime, DateTimeOffset instant) => instant.UtcDateTime,
        (ColumnType.Json, string document) => document,
        (ColumnType.Json, JsonElement document) => document.GetRawText(),
        _ => null,
    };
}
