using System.Globalization;
using ConnectorPlatform.Host.DataSets.Queries;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>Reads what a chart is drawn from.</summary>
internal static class ChartReading
{
    private const int MostPeriods = 400;
    private const int MostCategories = 12;
    private const int LongestLabel = 60;

    /// <exception cref="PlatformException">A column is none of the DataSet's, or does not fit the kind of chart.</exception>
    public static ChartSeries? Read(DuckDBConnection connection, ChartWish wish)
    {
        var columns = RowMatching.AllColumns(connection);
        if (columns.Count == 0)
        {
            return null;
        }

        var choice = new ChartSuggestion(connection, columns).Settle(wish);
        return choice.Kind switch
        {
            ChartKind.Lines => Lines(connection, choice),
            ChartKind.Bars => Bars(connection, choice),
            _ => new ChartSeries(choice, [new ChartPoint(null, null, Number(connection.Scalar($"SELECT {Value(choice)} FROM {DataSetFile.Rows}")))], 0),
        };
    }

    private static ChartSeries Lines(DuckDBConnection connection, ChartChoice choice)
    {
        var over = SqlTypes.Quote(choice.Over!);
        var unit = choice.Period.ToString().ToLowerInvariant();
        var points = connection.Query(
            $"SELECT date_trunc('{unit}', CAST({over} AS TIMESTAMP)) AS period, {Value(choice)}, count(*) OVER () FROM {DataSetFile.Rows} WHERE isfinite({over}) GROUP BY period ORDER BY period DESC LIMIT {MostPeriods}",
            reader => (At: DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc), Value: Number(reader.GetValue(1)), All: reader.GetInt64(2)));
        return new ChartSeries(
            choice,
            [.. points.AsEnumerable().Reverse().Select(point => new ChartPoint(Label(point.At, choice.Period), point.At, point.Value))],
            points.Count == 0 ? 0 : points[0].All - points.Count);
    }

    private static ChartSeries Bars(DuckDBConnection connection, ChartChoice choice)
    {
        var points = connection.Query(
            $"SELECT left(CAST({SqlTypes.Quote(choice.Over!)} AS VARCHAR), {LongestLabel}) AS label, {Value(choice)} AS value, count(*) OVER () FROM {DataSetFile.Rows} GROUP BY label ORDER BY value DESC NULLS LAST, label LIMIT {MostCategories}",
            reader => (Label: reader.IsDBNull(0) ? null : reader.GetString(0), Value: Number(reader.GetValue(1)), All: reader.GetInt64(2)));
        return new ChartSeries(choice, [.. points.Select(point => new ChartPoint(point.Label, null, point.Value))], points.Count == 0 ? 0 : points[0].All - points.Count);
    }

    private static string Value(ChartChoice choice) => choice.Measure is not { } measure ? "count(*)" : choice.Aggregation switch
    {
        Aggregation.Sum => $"CAST(sum({SqlTypes.Quote(measure)}) AS DOUBLE)",
        Aggregation.Average => $"CAST(avg({SqlTypes.Quote(measure)}) AS DOUBLE)",
        Aggregation.Least => $"CAST(min({SqlTypes.Quote(measure)}) AS DOUBLE)",
        Aggregation.Greatest => $"CAST(max({SqlTypes.Quote(measure)}) AS DOUBLE)",
        _ => "count(*)",
    };

    private static double? Number(object? value) => value is null or DBNull ? null : Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : null;

    private static string Label(DateTime at, ChartPeriod period) => period switch
    {
        ChartPeriod.Hour => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        ChartPeriod.Week => at.ToString("'week of' yyyy-MM-dd", CultureInfo.InvariantCulture),
        ChartPeriod.Month => at.ToString("MMM yyyy", CultureInfo.InvariantCulture),
        ChartPeriod.Quarter => string.Create(CultureInfo.InvariantCulture, $"Q{((at.Month - 1) / 3) + 1} {at.Year}"),
        ChartPeriod.Year => at.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}
