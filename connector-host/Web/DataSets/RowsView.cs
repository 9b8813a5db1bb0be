using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>Rows as the template <c>rows</c> shows them.</summary>
internal static class RowsView
{
    // A cell shows what a glance can take in; exports have all.
    private const int LongestCell = 300;

    public static object Of(IReadOnlyList<StoredColumn> columns, IReadOnlyList<object?[]> rows, string label, Func<StoredColumn, object>? heading = null) => new
    {
        Label = label,
        Columns = columns.Select(column => new
        {
            column.Name,
            IsNumber = IsNumber(column),
            Heading = heading?.Invoke(column),
        }).ToList(),
        Rows = rows.Select(row => row.Select(Cell).ToList()).ToList(),
    };

    public static bool IsNumber(StoredColumn column) => column.Type is ColumnType.Integer or ColumnType.Double or ColumnType.Decimal;

    /// <returns>Null for null.</returns>
    public static string? Cell(object? value) => ValueText.Of(value)?.Shortened(LongestCell);
}
