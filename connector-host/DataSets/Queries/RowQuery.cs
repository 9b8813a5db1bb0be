namespace ConnectorPlatform.Host.DataSets.Queries;

/// <summary>Which rows of a DataSet, and in which order.</summary>
internal sealed record RowQuery
{
    public IReadOnlyList<RowFilter> Filters { get; init; } = [];

    /// <summary>The column to sort by; null for the order in which the rows were stored.</summary>
    public string? Sort { get; init; }

    public bool IsDescending { get; init; }

    public long Offset { get; init; }

    public int Limit { get; init; } = 50;
}

internal enum FilterKind
{
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Null,
    NotNull,
}

/// <summary>A condition on one column.</summary>
/// <param name="Value">What the column is compared with, as people write it; empty for <see cref="FilterKind.Null"/> and <see cref="FilterKind.NotNull"/>.</param>
internal sealed record RowFilter(string Column, FilterKind Kind, string Value)
{
    public bool NeedsValue => Kind is not (FilterKind.Null or FilterKind.NotNull);
}
