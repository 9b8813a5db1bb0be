namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>A column as the store holds it.</summary>
/// <param name="Scale">Digits after the point of a Decimal column; 0 for other types.</param>
internal sealed record StoredColumn(string Name, ColumnType Type, int Scale, bool IsKey, string? Description)
{
    /// <summary>What the host adds to every row.</summary>
    public static IReadOnlyList<StoredColumn> OfHost { get; } =
    [
        new("_run_id", ColumnType.String, 0, false, "The run that brought the row."),
        new("_loaded_at", ColumnType.DateTime, 0, false, "When the run loaded the row."),
    ];
}

internal enum ColumnChangeKind
{
    /// <summary>The run brought a column that the DataSet did not have.</summary>
    Added,

    /// <summary>The run did not bring a column that the DataSet has; its values are null for the run's records.</summary>
    Vanished,

    /// <summary>The column took a type that holds all old and new values exactly.</summary>
    Widened,

    /// <summary>The run brought a narrower type.</summary>
    Narrowed,

    /// <summary>Neither type holds the other's values.</summary>
    Retyped,
}

/// <summary>How a run's columns differ from those of the DataSet before it.</summary>
internal sealed record ColumnChange(string Column, ColumnChangeKind Kind, ColumnType? From, ColumnType? To)
{
    public override string ToString() => Kind switch
    {
        ColumnChangeKind.Added => $"Column \"{Column}\" ({To}) is new.",
        ColumnChangeKind.Vanished => $"Column \"{Column}\" ({From}) was not delivered any more.",
        ColumnChangeKind.Widened => $"Column \"{Column}\" was widened from {From} to {To}.",
        ColumnChangeKind.Narrowed => $"Column \"{Column}\" was delivered as {To}, narrower than {From} before.",
        _ => $"Column \"{Column}\" was delivered as {To}, which does not fit {From} before.",
    };
}
