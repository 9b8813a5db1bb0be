namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>How the columns of a table and of records that come into it are brought together.</summary>
/// <param name="Columns">The table's columns afterwards: the old ones in their order, then the new ones.</param>
/// <param name="Changes">What differs, told from the table's side.</param>
internal sealed record ColumnMerge(IReadOnlyList<StoredColumn> Columns, IReadOnlyList<ColumnChange> Changes)
{
    public static ColumnMerge Of(IReadOnlyList<StoredColumn> current, IReadOnlyList<StoredColumn> incoming)
    {
        var arriving = incoming.ToDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);
        var columns = new List<StoredColumn>(current.Count + incoming.Count);
        var changes = new List<ColumnChange>();
        foreach (var column in current)
        {
            if (!arriving.Remove(column.Name, out var other))
            {
                columns.Add(column);
                changes.Add(new ColumnChange(column.Name, ColumnChangeKind.Vanished, column.Type, null));
                continue;
            }

            var common = SqlTypes.Common(column.Type, other.Type);
            columns.Add(column with
            {
                Type = common,
                Scale = common == ColumnType.Decimal ? Math.Max(column.Scale, other.Scale) : 0,
                IsKey = other.IsKey,
                Description = other.Description ?? column.Description,
            });
            if (column.Type != other.Type)
            {
                changes.Add(new ColumnChange(column.Name, KindOf(column.Type, other.Type, common), column.Type, other.Type));
            }
        }

        foreach (var column in incoming.Where(column => arriving.ContainsKey(column.Name)))
        {
            columns.Add(column);
            changes.Add(new ColumnChange(column.Name, ColumnChangeKind.Added, null, column.Type));
        }

        return new ColumnMerge(columns, changes);
    }

    private static ColumnChangeKind KindOf(ColumnType current, ColumnType incoming, ColumnType common) =>
        common == incoming ? ColumnChangeKind.Widened
        : common == current ? ColumnChangeKind.Narrowed
        : ColumnChangeKind.Retyped;
}
