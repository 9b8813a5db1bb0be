using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>Writes rows to a file. In formats that spreadsheets open, text that they would take for a formula gets an apostrophe before it.</summary>
/// <param name="Source">A table or query, as it stands after FROM.</param>
/// <param name="Columns">The names that the file shows, and what the columns hold.</param>
/// <param name="Names">What the columns are called in the source.</param>
internal sealed record RowExport(string Source, IReadOnlyList<StoredColumn> Columns, IReadOnlyList<string> Names)
{
    private const string Instants = "TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S.%fZ'";

    // Any of these at the beginning of a cell makes a formula of it, somewhere; the last two may hide the first ones.
    private const string FormulaStarts = @"'^[=+\-@\t\r]'";

    /// <summary>The DataSet's rows that a condition lets through.</summary>
    /// <exception cref="PlatformException">The DataSet has no columns yet.</exception>
    public static RowExport Of(IReadOnlyList<StoredColumn> columns, string conditionAndOrder = "")
    {
        if (columns.Count == 0)
        {
            throw new PlatformException(PlatformFault.Input, "The DataSet has no columns yet: run it first.");
        }

        return new RowExport($"{DataSetFile.Rows} {conditionAndOrder}", columns, [.. columns.Select(column => SqlTypes.Quote(column.Name))]);
    }

    public static RowExport Of(SqlQuery query) => new(query.Source, query.Columns, [.. query.Columns.Select((_, index) => $"c{index}")]);

    /// <exception cref="PlatformException">The file cannot hold so many rows.</exception>
    public void Write(DuckDBConnection connection, string path, ExportFormat format, params object?[] parameters)
    {
        var options = format switch
        {
            ExportFormat.Csv => $"FORMAT csv, HEADER, {Instants}",
            ExportFormat.JsonLines => $"FORMAT json, {Instants}",
            ExportFormat.Parquet => "FORMAT parquet",
            _ => null,
        };
        if (options is null)
        {
            WriteExcel(connection, path, parameters);
            return;
        }

        var values = Columns.Zip(Names, (column, name) => format == ExportFormat.Csv
            ? $"{Harmless(column, name)} AS {SqlTypes.Quote(Harmless(column.Name))}"
            : $"{name} AS {SqlTypes.Quote(column.Name)}");
        connection.Run($"COPY (SELECT {string.Join(", ", values)} FROM {Source}) TO {SqlTypes.Literal(path)} ({options})", parameters);
    }

    private void WriteExcel(DuckDBConnection connection, string path, object?[] parameters)
    {
        var count = (long)connection.Scalar($"SELECT count(*) FROM (SELECT 1 FROM {Source})", parameters)!;
        ExcelFile.CheckFits(count, Columns.Count);
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", Columns.Zip(Names, ForExcel))} FROM {Source}";
        command.UseStreamingMode = true;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new DuckDBParameter(parameter ?? DBNull.Value));
        }

        using var reader = command.ExecuteReader();
        ExcelFile.Write(path, [.. Columns.Select(column => Harmless(column.Name))], Rows(reader));
    }

    private IEnumerable<object?[]> Rows(DuckDBDataReader reader)
    {
        while (reader.Read())
        {
            yield return RowValues.Read(reader, Columns.Count);
        }
    }

    private static string ForExcel(StoredColumn column, string name) => column.Type switch
    {
        ColumnType.Double => $"CAST({name} AS DOUBLE)",
        ColumnType.Decimal => $"CAST({name} AS DOUBLE)",
        ColumnType.DateTime => $"CAST({name} AS TIMESTAMP)",
        _ => Harmless(column, name),
    };

    private static string Harmless(StoredColumn column, string name) => column.Type is ColumnType.String or ColumnType.Json
        ? $"CASE WHEN regexp_matches(CAST({name} AS VARCHAR), {FormulaStarts}) THEN '''' || CAST({name} AS VARCHAR) ELSE CAST({name} AS VARCHAR) END"
        : name;

    private static string Harmless(string name) => name is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{name}" : name;
}
