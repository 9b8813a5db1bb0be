using System.Globalization;
using ConnectorPlatform.Host.DataSets.Queries;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>A row query in SQL: conditions with parameters, and an order in which every row has its place.</summary>
/// <param name="Where">Empty, or the conditions with their keyword.</param>
/// <param name="Order">Empty, or the order with its keywords.</param>
internal sealed record RowSelection(string Where, IReadOnlyList<object> Parameters, string Order)
{
    /// <exception cref="PlatformException">A column is none of the DataSet's, or a value does not fit its column.</exception>
    public static RowSelection Of(RowQuery query, IReadOnlyList<StoredColumn> columns)
    {
        var conditions = new List<string>();
        var parameters = new List<object>();
        foreach (var filter in query.Filters)
        {
            conditions.Add(Condition(filter, Find(columns, filter.Column), parameters));
        }

        // The row's own number decides between equal values: no row may be on two pages, or on none.
        var order = query.Sort is { } sort
            ? $"ORDER BY {SqlTypes.Quote(Find(columns, sort).Name)} {(query.IsDescending ? "DESC" : "ASC")} NULLS LAST, rowid"
            : "";
        return new RowSelection(conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}", parameters, order);
    }

    /// <exception cref="PlatformException">There is no such column.</exception>
    public static StoredColumn Find(IReadOnlyList<StoredColumn> columns, string name) =>
        columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new PlatformException(
            PlatformFault.Input, $"The DataSet has no column \"{name}\"; its columns are {string.Join(", ", columns.Select(column => column.Name))}.");

    private static string Condition(RowFilter filter, StoredColumn column, List<object> parameters)
    {
        var name = SqlTypes.Quote(column.Name);
        var text = column.Type == ColumnType.String ? name : SqlTypes.Convert(name, column, SqlTypes.Text(column.Name));
        switch (filter.Kind)
        {
            case FilterKind.Null:
                return $"{name} IS NULL";
            case FilterKind.NotNull:
                return $"{name} IS NOT NULL";
            case FilterKind.Contains:
                parameters.Add(filter.Value);
                return $"contains(lower({text}), lower(CAST(? AS VARCHAR)))";
            case FilterKind.StartsWith:
                parameters.Add(filter.Value);
                return $"starts_with(lower({text}), lower(CAST(? AS VARCHAR)))";
        }

        var (left, value) = Compared(filter, column, name, text);
        parameters.Add(value);
        return filter.Kind switch
        {
            FilterKind.Equal => $"{left} = ?",
            FilterKind.NotEqual => $"{left} IS DISTINCT FROM ?",
            FilterKind.Less => $"{left} < ?",
            FilterKind.AtMost => $"{left} <= ?",
            FilterKind.Greater => $"{left} > ?",
            FilterKind.AtLeast => $"{left} >= ?",
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter.Kind, null),
        };
    }

    private static (string Left, object Value) Compared(RowFilter filter, StoredColumn column, string name, string text)
    {
        var value = filter.Value.Trim();
        switch (column.Type)
        {
            case ColumnType.Integer when long.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var integer):
                return (name, integer);
            case ColumnType.Integer or ColumnType.Double when double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return (name, number);
            case ColumnType.Decimal when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                return (name, number);
            case ColumnType.Boolean when bool.TryParse(value, out var flag):
                return (name, flag);

            // Of an instant, a date means its whole day.
            case ColumnType.Date or ColumnType.DateTime when DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date):
                return ($"CAST({name} AS DATE)", date);
            case ColumnType.DateTime when DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant):
                return ($"CAST({name} AS TIMESTAMP)", DateTime.SpecifyKind(instant, DateTimeKind.Unspecified));
            case ColumnType.String or ColumnType.Json:
                return (text, filter.Value);
            case var _ when value.Length == 0:
                throw new PlatformException(PlatformFault.Input, $"Write with what the column \"{column.Name}\" is to be compared; it holds {Kind(column.Type)}.");
            default:
                throw new PlatformException(
                    PlatformFault.Input, $"\"{filter.Value}\" cannot be compared with the column \"{column.Name}\", which holds {Kind(column.Type)}.");
        }
    }

    private static string Kind(ColumnType type) => type switch
    {
        ColumnType.Boolean => "true and false",
        ColumnType.Date => "dates such as 2025-12-31",
        ColumnType.DateTime => "instants such as 2025-12-31T23:59:00Z, of which also a date can be told",
        _ => "numbers",
    };
}
