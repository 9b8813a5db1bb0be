namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>A column that keeps its type although its values come with another one: what does not read as that type cannot be stored.</summary>
/// <param name="Arriving">The column as it comes.</param>
/// <param name="Stored">The column as the DataSet has it.</param>
internal sealed record FirmColumn(StoredColumn Arriving, StoredColumn Stored)
{
    /// <summary>The columns whose type would otherwise become text.</summary>
    public static IReadOnlyList<FirmColumn> Of(IReadOnlyList<StoredColumn> arriving, IReadOnlyList<StoredColumn> stored) =>
    [
        .. arriving
            .Select(column => (Column: column, Stored: stored.FirstOrDefault(other => string.Equals(other.Name, column.Name, StringComparison.OrdinalIgnoreCase))))
            .Where(pair => pair.Stored is { Type: not ColumnType.String } && SqlTypes.Common(pair.Stored.Type, pair.Column.Type) == ColumnType.String)
            .Select(pair => new FirmColumn(pair.Column, pair.Stored!)),
    ];

    /// <summary>The arriving columns as they are once the firm ones have been read, each with the expression that reads it.</summary>
    public static IReadOnlyList<(StoredColumn Column, string Expression)> Read(IReadOnlyList<StoredColumn> arriving, IReadOnlyList<FirmColumn> firm) =>
    [
        .. arriving.Select(column => firm.FirstOrDefault(other => other.Arriving == column) is { } kept
            ? (kept.Result, $"{kept.Parse} AS {SqlTypes.Quote(column.Name)}")
            : (column, SqlTypes.Quote(column.Name))),
    ];

    private StoredColumn Result => Arriving with { Type = Stored.Type, Scale = Stored.Scale };

    /// <summary>The value as the stored type; null when it does not read as one exactly.</summary>
    private string Parse => Stored.Type switch
    {
        ColumnType.Integer => Matching("[+-]?[0-9]+"),
        ColumnType.Decimal => Matching(Stored.Scale == 0 ? "[+-]?[0-9]+" : $"[+-]?[0-9]+([.][0-9]{{1,{Stored.Scale}}})?"),
        ColumnType.Boolean => $"CASE lower({Text}) WHEN 'true' THEN true WHEN 'false' THEN false END",
        ColumnType.Date => Matching("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        _ => Cast,
    };

    /// <summary>The condition that a row's value cannot be stored.</summary>
    public string Fails => $"({SqlTypes.Quote(Arriving.Name)} IS NOT NULL AND ({Parse}) IS NULL)";

    /// <summary>Why it cannot, as an expression.</summary>
    public string Reason => $"{SqlTypes.Literal($"Column \"{Arriving.Name}\" is {Stored.Type}, and this is none: ")} || left({Text}, 100)";

    private string Text => $"trim({SqlTypes.Convert(SqlTypes.Quote(Arriving.Name), Arriving, SqlTypes.Text(Arriving.Name))})";

    private string Cast => $"TRY_CAST({Text} AS {SqlTypes.NameOf(Stored)})";

    // The database's own casts round, and take half a number for a whole one.
    private string Matching(string pattern) => $"CASE WHEN regexp_full_match({Text}, '{pattern}') THEN {Cast} END";
}
