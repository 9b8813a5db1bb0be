using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Authoring.Recording;

/// <summary>How the rows of a replay differ from those that were read live.</summary>
/// <param name="Difference">The first difference in words, without values; null when there is none but by what was cleaned.</param>
/// <param name="Cleaned">Values that differ because secrets and redacted fields were replaced.</param>
/// <param name="Unexplained">Values that differ otherwise.</param>
internal sealed record RowComparison(string? Difference, int Cleaned, int Unexplained)
{
    public static RowComparison Of(RowPage live, RowPage replayed, Redaction redaction)
    {
        var columns = Names(live);
        if (!columns.SequenceEqual(Names(replayed)))
        {
            return new($"the columns are {string.Join(", ", Names(replayed))} instead of {string.Join(", ", columns)}", 0, 1);
        }

        if (live.Rows.Count != replayed.Rows.Count)
        {
            return new($"of {live.Rows.Count} rows there are {replayed.Rows.Count}", 0, 1);
        }

        var (cleaned, unexplained, first) = (0, 0, (string?)null);
        for (var row = 0; row < live.Rows.Count; row++)
        {
            for (var column = 0; column < columns.Count; column++)
            {
                var (before, after) = (ValueText.Of(live.Rows[row][column]), ValueText.Of(replayed.Rows[row][column]));
                if (before == after)
                {
                    continue;
                }

                var isExplained = redaction.Explains(before, after) || (IsJson(live, column) && redaction.ExplainsJson(before, after));
                cleaned += isExplained ? 1 : 0;
                unexplained += isExplained ? 0 : 1;
                first ??= isExplained ? null : $"in row {row + 1} the value of {columns[column]} is another";
            }
        }

        return new(first, cleaned, unexplained);
    }

    private static List<string> Names(RowPage page) => [.. page.Columns.Select(column => column.Name).Except(StoredColumn.OfHost.Select(column => column.Name))];

    private static bool IsJson(RowPage page, int column) => page.Columns[column].Type == ColumnType.Json;
}
