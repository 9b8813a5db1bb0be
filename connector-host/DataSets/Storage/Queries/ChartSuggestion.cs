using ConnectorPlatform.Host.DataSets.Queries;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>The chart that fits the columns: a measure over time where there are dates, else by category, else one value.</summary>
internal sealed class ChartSuggestion(DuckDBConnection connection, IReadOnlyList<StoredColumn> columns)
{
    private const int MostCandidates = 6;
    private const long MostCategories = 1_000;

    private static readonly string[] NotToBeSummed = ["id", "year", "rank"];

    private List<StoredColumn> OfSource { get; } = [.. columns.Except(StoredColumn.OfHost)];

    /// <summary>Fills in what a wish leaves open.</summary>
    /// <exception cref="PlatformException">A column is none of the DataSet's, or does not fit the kind of chart.</exception>
    public ChartChoice Settle(ChartWish wish)
    {
        var over = wish.Over is { Length: > 0 } named ? RowSelection.Find(columns, named) : null;
        var measure = wish.Measure switch
        {
            null => wish.Aggregation == Aggregation.Count ? null : Measure(over),
            "" => null,
            var name => RowSelection.Find(columns, name),
        };
        Check(measure is null || IsNumber(measure), $"\"{measure?.Name}\" holds no numbers; choose another measure, or count the rows.");
        var kind = wish.Kind ?? (over is not null ? (IsDated(over) ? ChartKind.Lines : ChartKind.Bars) : SuggestKind());
        over = kind switch
        {
            ChartKind.Lines => over ?? Dated(),
            ChartKind.Bars => over ?? Category(),
            _ => null,
        };
        Check(kind != ChartKind.Lines || (over is not null && IsDated(over)), "Lines need a column of dates; choose one, or bars.");
        Check(kind != ChartKind.Bars || over is not null, "Bars need a column of categories; choose one.");
        var aggregation = measure is null ? Aggregation.Count : wish.Aggregation is null or Aggregation.Count ? Aggregation.Sum : wish.Aggregation.Value;
        return new ChartChoice(kind, over?.Name, measure?.Name, aggregation, wish.Period ?? (kind == ChartKind.Lines ? PeriodOf(over!) : ChartPeriod.Day));
    }

    private static bool IsNumber(StoredColumn column) => column.Type is ColumnType.Integer or ColumnType.Double or ColumnType.Decimal;

    private static bool IsDated(StoredColumn column) => column.Type is ColumnType.Date or ColumnType.DateTime;

    private ChartKind SuggestKind() => Dated() is not null ? ChartKind.Lines : Category() is not null ? ChartKind.Bars : ChartKind.Number;

    // Numbers that name things are none to be summed.
    private StoredColumn? Measure(StoredColumn? over) => OfSource.FirstOrDefault(column =>
        IsNumber(column) && !column.IsKey && column != over
        && !NotToBeSummed.Contains(column.Name, StringComparer.OrdinalIgnoreCase) && !column.Name.EndsWith("_id", StringComparison.OrdinalIgnoreCase));

    private StoredColumn? Dated() => OfSource.Where(IsDated).Take(MostCandidates).FirstOrDefault(column => Distinct(column) > 1);

    private StoredColumn? Category()
    {
        var candidates = OfSource.Where(column => column.Type is ColumnType.String or ColumnType.Boolean).Take(MostCandidates)
            .Select(column => (Column: column, Distinct: Distinct(column)))
            .Where(candidate => candidate.Distinct is > 1 and <= MostCategories)
            .ToList();
        return candidates.Find(candidate => candidate.Distinct <= 50).Column ?? candidates.FirstOrDefault().Column;
    }

    private long Distinct(StoredColumn column) => (long)connection.Scalar($"SELECT approx_count_distinct({SqlTypes.Quote(column.Name)}) FROM {DataSetFile.Rows}")!;

    private ChartPeriod PeriodOf(StoredColumn over)
    {
        var name = SqlTypes.Quote(over.Name);
        var days = connection.Scalar($"SELECT date_diff('day', min({name}), max({name})) FROM {DataSetFile.Rows} WHERE isfinite({name})") as long?;
        return days switch
        {
            <= 2 when over.Type == ColumnType.DateTime => ChartPeriod.Hour,
            null or <= 120 => ChartPeriod.Day,
            <= 730 => ChartPeriod.Week,
            <= 3650 => ChartPeriod.Month,
            _ => ChartPeriod.Year,
        };
    }

    private static void Check(bool holds, string message)
    {
        if (!holds)
        {
            throw new PlatformException(PlatformFault.Input, message);
        }
    }
}
