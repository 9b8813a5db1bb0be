using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>A checked query of a user, and the columns of its answer.</summary>
/// <param name="Text">The query as the database wrote it from what was checked.</param>
internal sealed partial record SqlQuery(string Text, IReadOnlyList<StoredColumn> Columns)
{
    // An answer is held in memory and shown on one page.
    private const int LongestText = 10_000;
    private const long MostText = 4_000_000;
    private const int MostColumns = 1_000;

    /// <exception cref="PlatformException">The query may not run, or cannot.</exception>
    public static SqlQuery Prepare(DuckDBConnection connection, string sql)
    {
        var checkedText = SqlCheck.Check(connection, sql);
        try
        {
            // The text as it was written, so that the database tells where in it something is wrong.
            var columns = connection.Query($"DESCRIBE\n{sql}", reader => ColumnOf(reader.GetString(0), reader.GetString(1)));
            return columns.Count <= MostColumns
                ? new SqlQuery(checkedText, columns)
                : throw new PlatformException(PlatformFault.Input, $"The answer has {columns.Count} columns, and may have {MostColumns}.");
        }
        catch (DuckDBException exception) when (!DatabaseErrors.IsOutOfMemory(exception.ErrorType, exception.Message))
        {
            throw Explained(exception, isInText: true);
        }
    }

    /// <summary>The first rows of the answer.</summary>
    /// <returns>The rows, and whether there are more.</returns>
    /// <exception cref="PlatformException">A row cannot be computed, or a value is beyond what the platform can hold.</exception>
    public (IReadOnlyList<object?[]> Rows, bool IsCut) Read(DuckDBConnection connection, int limit)
    {
        using var command = connection.CreateCommand();
        var values = string.Join(", ", Columns.Select((column, index) => $"{Shown(column, $"c{index}")} AS {SqlTypes.Quote(column.Name)}"));
        command.CommandText = $"SELECT {values} FROM {Source} LIMIT {(limit + 1).ToString(CultureInfo.InvariantCulture)}";
        command.UseStreamingMode = true;
        try
        {
            using var reader = command.ExecuteReader();
            var (rows, text) = (new List<object?[]>(), 0L);
            while (rows.Count <= limit && text <= MostText && reader.Read())
            {
                var row = RowValues.Read(reader, Columns.Count);
                text += row.Sum(value => value is string shown ? shown.Length : 8L);
                rows.Add(row);
            }

            var isCut = rows.Count > limit || text > MostText;
            return (isCut && rows.Count > limit ? rows[..limit] : rows, isCut);
        }
        catch (DuckDBException exception) when (!DatabaseErrors.IsOutOfMemory(exception.ErrorType, exception.Message))
        {
            throw Explained(exception, isInText: false);
        }
    }

    /// <summary>The answer as a table whose columns are <c>c0</c>, <c>c1</c> and so on: a query may give two columns one name.</summary>
    public string Source => $"({Text}) AS answer({string.Join(", ", Columns.Select((_, index) => $"c{index}"))})";

    private static string Shown(StoredColumn column, string name) => column.Type switch
    {
        ColumnType.String or ColumnType.Json => $"left(CAST({name} AS VARCHAR), {LongestText})",
        ColumnType.Double => $"CAST({name} AS DOUBLE)",
        ColumnType.DateTime => $"CAST({name} AS TIMESTAMP)",
        _ => name,
    };

    private static StoredColumn ColumnOf(string name, string type) => new(name, TypeOf(type), 0, false, null);

    private static ColumnType TypeOf(string type) => type switch
    {
        "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "UHUGEINT" => ColumnType.Integer,
        "FLOAT" or "DOUBLE" => ColumnType.Double,
        "BOOLEAN" => ColumnType.Boolean,
        "DATE" => ColumnType.Date,
        "JSON" => ColumnType.Json,
        _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) && !type.EndsWith(']') => ColumnType.Decimal,
        _ when type.StartsWith("TIMESTAMP", StringComparison.Ordinal) && !type.EndsWith(']') => ColumnType.DateTime,
        _ => ColumnType.String,
    };

    public static PlatformException Explained(DuckDBException exception, bool isInText)
    {
        if (SqlCheck.IsTooDeep(exception.Message))
        {
            return new PlatformException(PlatformFault.Input, SqlCheck.TooDeep, exception);
        }

        var place = Place().Match(exception.Message);
        var message = (place.Success ? exception.Message[..place.Index] : exception.Message).Trim();
        message = Kind().Replace(message, "").Replace('\n', ' ');
        if (!isInText || !place.Success || place.Groups["text"].Value.StartsWith("...", StringComparison.Ordinal))
        {
            return new PlatformException(PlatformFault.Input, $"The query cannot be answered: {message}", exception);
        }

        // The first line is the one that the text was put behind.
        var line = int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture) - 1;
        var column = place.Groups["caret"].Length - "LINE ".Length - place.Groups["line"].Length - ": ".Length + 1;
        return new PlatformException(
            PlatformFault.Input, string.Create(CultureInfo.InvariantCulture, $"The query cannot be answered: {message} (line {line}, column {column})"), exception);
    }

    [GeneratedRegex(@"\n\s*LINE (?<line>\d+): (?<text>[^\n]*)\n(?<caret> *)\^")]
    private static partial Regex Place();

    [GeneratedRegex(@"^[A-Z][A-Za-z ]+ Error: ")]
    private static partial Regex Kind();
}
