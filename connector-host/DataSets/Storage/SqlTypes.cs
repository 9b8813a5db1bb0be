namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Column types in DuckDB's SQL, and the conversions between them that lose nothing.</summary>
internal static class SqlTypes
{
    /// <summary>The most digits that a DuckDB decimal holds.</summary>
    public const int DecimalDigits = 38;

    /// <summary>Integers beyond this are not all exact in a double.</summary>
    public const long LargestExactDouble = 1L << 53;

    public static string NameOf(StoredColumn column) => column.Type switch
    {
        ColumnType.String => "VARCHAR",
        ColumnType.Integer => "BIGINT",
        ColumnType.Double => "DOUBLE",
        ColumnType.Decimal => $"DECIMAL({DecimalDigits},{column.Scale})",
        ColumnType.Boolean => "BOOLEAN",
        ColumnType.Date => "DATE",
        ColumnType.DateTime => "TIMESTAMPTZ",
        ColumnType.Json => "JSON",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column.Type, null),
    };

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Declare(IEnumerable<StoredColumn> columns) =>
        string.Join(", ", columns.Select(column => $"{Quote(column.Name)} {NameOf(column)}"));

    /// <summary>The narrowest type that holds every value of both exactly; text where there is no other.</summary>
    public static ColumnType Common(ColumnType one, ColumnType other) =>
        one == other ? one : (Lower(one, other), Higher(one, other)) switch
        {
            (ColumnType.Integer, ColumnType.Double) => ColumnType.Double,
            (ColumnType.Integer, ColumnType.Decimal) => ColumnType.Decimal,
            (ColumnType.Date, ColumnType.DateTime) => ColumnType.DateTime,
            _ => ColumnType.String,
        };

    /// <summary>A column of texts.</summary>
    public static StoredColumn Text(string name) => new(name, ColumnType.String, 0, false, null);

    /// <summary>An SQL expression for the value in the other type.</summary>
    public static string Convert(string expression, StoredColumn from, StoredColumn to) => (from.Type, to.Type) switch
    {
        (ColumnType.DateTime, ColumnType.String) => $"strftime({expression} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
        _ when NameOf(from) == NameOf(to) => expression,
        _ => $"CAST({expression} AS {NameOf(to)})",
    };

    private static ColumnType Lower(ColumnType one, ColumnType other) => one < other ? one : other;

    private static ColumnType Higher(ColumnType one, ColumnType other) => one < other ? other : one;
}
