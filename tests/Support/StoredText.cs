using System.Text.Json;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Laws.Cases;

namespace ConnectorPlatform.Tests.Support;

/// <summary>What a DataSet holds, as the lines in which scenarios tell what they expect.</summary>
internal static class StoredText
{
    private const int HostColumns = 2;

    public static IReadOnlyList<string> Columns(DataSetReader reader) => [.. reader.Columns().Select(column => $"{column.Name}:{column.Type}")];

    public static IReadOnlyList<string> Keys(DataSetReader reader) => [.. reader.Columns().Where(column => column.IsKey).Select(column => column.Name)];

    /// <summary>One line a row, without the host's columns.</summary>
    public static IReadOnlyList<string> Rows(DataSetReader reader)
    {
        var columns = Columns(reader);
        var page = reader.Page(0, int.MaxValue);
        return [.. page.Rows.Select(row => RowText.Of([.. row[..^HostColumns].Zip(page.Columns, Json)], columns))];
    }

    private static JsonElement Json(object? value, StoredColumn column) => value switch
    {
        null => JsonSerializer.SerializeToElement<object?>(null),
        DateTime instant => JsonSerializer.SerializeToElement($"{instant:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}Z"),
        DateOnly date => JsonSerializer.SerializeToElement($"{date:yyyy-MM-dd}"),
        string document when column.Type == ColumnType.Json => JsonElement.Parse(document),
        _ => JsonSerializer.SerializeToElement(value, value.GetType()),
    };
}
