namespace ConnectorPlatform.Host.DataSets.Queries;

internal enum ChartKind
{
    /// <summary>A measure over time.</summary>
    Lines,

    /// <summary>A measure by category, the greatest first.</summary>
    Bars,

    /// <summary>One value.</summary>
    Number,
}

internal enum Aggregation
{
    /// <summary>Rows; needs no measure.</summary>
    Count,
    Sum,
    Average,
    Least,
    Greatest,
}

internal enum ChartPeriod
{
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>What a chart shows.</summary>
/// <param name="Over">The column of dates or categories; null for a number.</param>
/// <param name="Measure">The column of numbers; null when rows are counted.</param>
internal sealed record ChartChoice(ChartKind Kind, string? Over, string? Measure, Aggregation Aggregation, ChartPeriod Period);

/// <summary>What a chart is drawn from.</summary>
/// <param name="Points">In their order: of time, or of greatness.</param>
/// <param name="LeftOut">Categories or periods beyond those that are shown.</param>
internal sealed record ChartSeries(ChartChoice Choice, IReadOnlyList<ChartPoint> Points, long LeftOut);

/// <param name="Label">The period or category in words; null for rows without a category.</param>
/// <param name="At">The beginning of the period; null for categories.</param>
/// <param name="Value">Null where a period has no value.</param>
internal sealed record ChartPoint(string? Label, DateTime? At, double? Value);
