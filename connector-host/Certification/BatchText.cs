using System.Globalization;

namespace ConnectorPlatform.Host.Certification;

/// <summary>A batch's values as texts that tell different values apart; null is null.</summary>
internal static class BatchText
{
    public static IReadOnlyList<string?[]> Rows(RecordBatch batch)
    {
        var columns = batch.Columns.Select((column, ordinal) => Column(batch, column.Type, ordinal)).ToArray();
        return [.. Enumerable.Range(0, batch.Count).Select(row => columns.Select(column => column[row]).ToArray())];
    }

    private static string?[] Column(RecordBatch batch, ColumnType type, int ordinal) => type switch
    {
        ColumnType.Integer => Values<long>(batch, ordinal),
        ColumnType.Double => Values<double>(batch, ordinal),
        ColumnType.Decimal => Values<decimal>(batch, ordinal),
        ColumnType.Boolean => Values<bool>(batch, ordinal),
        ColumnType.Date => Values<DateOnly>(batch, ordinal),
        ColumnType.DateTime => Values<DateTime>(batch, ordinal),
        _ => Texts(batch, ordinal),
    };

    private static string?[] Values<T>(RecordBatch batch, int ordinal)
        where T : struct
    {
        var values = new T?[batch.Count];
        batch.CopyColumn(ordinal, values.AsSpan());
        return [.. values.Select(value => value is { } some ? Text(some) : null)];
    }

    private static string?[] Texts(RecordBatch batch, int ordinal)
    {
        var values = new string?[batch.Count];
        batch.CopyColumn(ordinal, values.AsSpan());
        return values;
    }

    private static string Text(object value) => value switch
    {
        DateTime instant => instant.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
