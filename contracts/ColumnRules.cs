namespace ConnectorPlatform;

/// <summary>What every store can hold as a column's name.</summary>
internal static class ColumnRules
{
    private const int LongestName = 200;

    /// <summary>The columns that the host adds to every DataSet.</summary>
    private static readonly string[] HostColumns = ["_run_id", "_loaded_at"];

    internal static IReadOnlyList<Column> Check(IReadOnlyList<Column> columns)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var column in columns)
        {
            if (string.IsNullOrWhiteSpace(column.Name) || column.Name.Length > LongestName || column.Name.Any(char.IsControl))
            {
                throw Refused($"A column's name is empty, longer than {LongestName} characters or has control characters: \"{column.Name}\".");
            }

            if (HostColumns.Contains(column.Name, StringComparer.OrdinalIgnoreCase))
            {
                throw Refused($"The column name \"{column.Name}\" belongs to the host.");
            }

            if (!names.Add(column.Name))
            {
                throw Refused($"There are two columns named \"{column.Name}\" (case does not tell columns apart).");
            }
        }

        return columns.Count > 0 ? columns : throw Refused("A batch needs at least one column.");
    }

    private static ConnectorException Refused(string message) => new(FailureKind.Connector, message);
}
