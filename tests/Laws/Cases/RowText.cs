using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform.Tests.Laws.Cases;

/// <summary>Rows as JSON text, one line a row, so that a difference is shown as people read it.</summary>
internal static class RowText
{
    public static IEnumerable<string> Of(RecordBatch batch)
    {
        var columns = batch.Columns.Select((column, ordinal) => Values(batch, ordinal, column.Type)).ToList();
        return Enumerable.Range(0, batch.Count).Select(row => Join(columns.Select(column => column[row])));
    }

    public static string Of(IReadOnlyList<JsonElement> row, IReadOnlyList<string> columns) =>
        Join(row.Select((value, ordinal) => Canonical(value, columns[ordinal].EndsWith(":Json", StringComparison.Ordinal))));

    private static string Join(IEnumerable<string> values) => $"[{string.Join(", ", values)}]";

    private static string[] Values(RecordBatch batch, int ordinal, ColumnType type) => type switch
    {
        ColumnType.String => Copy<string?>(batch, ordinal, value => JsonSerializer.Serialize(value)),
        ColumnType.Integer => Copy<long?>(batch, ordinal, value => value!.Value.ToString(CultureInfo.InvariantCulture)),
        ColumnType.Double => Copy<double?>(batch, ordinal, value => ((decimal)value!.Value).ToString("0.############", CultureInfo.InvariantCulture)),
        ColumnType.Decimal => Copy<decimal?>(batch, ordinal, value => value!.Value.ToString("0.############", CultureInfo.InvariantCulture)),
        ColumnType.Boolean => Copy<bool?>(batch, ordinal, value => value!.Value ? "true" : "false"),
        ColumnType.Date => Copy<DateOnly?>(batch, ordinal, value => $"\"{value:yyyy-MM-dd}\""),
        ColumnType.DateTime => Copy<DateTime?>(batch, ordinal, value => $"\"{value:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}Z\""),
        ColumnType.Json => Copy<string?>(batch, ordinal, value => Canonical(JsonElement.Parse(value!), isDocument: true)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A column type that the tests do not know."),
    };

    private static string[] Copy<T>(RecordBatch batch, int ordinal, Func<T, string> write)
    {
        var values = new T[batch.Count];
        batch.CopyColumn<T>(ordinal, values);
        return [.. values.Select(value => value is null ? "null" : write(value))];
    }

    private static string Canonical(JsonElement value, bool isDocument) => value.ValueKind switch
    {
        _ when isDocument => JsonSerializer.Serialize(value),
        JsonValueKind.Number => value.GetDecimal().ToString("0.############", CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value),
    };
}
