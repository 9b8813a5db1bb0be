using System.Text.Json;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Cli;

/// <summary>Writes rows: a table for people, JSON lines for programs.</summary>
internal static class RowOutput
{
    public static void Write(Output output, RowPage page)
    {
        if (output.AsJson)
        {
            foreach (var row in page.Rows)
            {
                output.Line(JsonSerializer.Serialize(AsObject(page.Columns, row), Output.JsonLine));
            }

            return;
        }

        output.Table([.. page.Columns.Select(column => column.Name)], page.Rows);
        output.Line($"{page.Rows.Count} of {Counted.Of(page.Total, "row")}.");
    }

    public static Dictionary<string, object?> AsObject(IReadOnlyList<StoredColumn> columns, object?[] row) =>
        columns.Select((column, i) => (column, Value: row[i])).ToDictionary(
            pair => pair.column.Name,
            pair => pair is { column.Type: ColumnType.Json, Value: string json } ? JsonElement.Parse(json) : pair.Value);
}
