using System.ComponentModel;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>A column of a DataSet or of an answer.</summary>
internal sealed record ColumnView(string Name, ColumnType Type, bool IsKey, string? Description)
{
    public static ColumnView Of(StoredColumn column) => new(column.Name, column.Type, column.IsKey, column.Description);
}

/// <summary>The columns of a DataSet.</summary>
internal sealed record ColumnsView(IReadOnlyList<ColumnView> Columns);

/// <summary>Rows of a DataSet.</summary>
internal sealed record RowsView
{
    public required IReadOnlyList<ColumnView> Columns { get; init; }

    [Description("The rows, each with its values in the order of the columns.")]
    public required IReadOnlyList<IReadOnlyList<object?>> Items { get; init; }

    [Description("Rows of the whole DataSet.")]
    public required long Total { get; init; }

    [Description("Rows that pass the filters.")]
    public required long Matching { get; init; }

    [Description("Give it as cursor to get the rows that follow; null when these are the last.")]
    public required string? Next { get; init; }
}

/// <summary>A query over the table "rows".</summary>
internal sealed record SqlBody(string Sql);

/// <summary>The answer to a query.</summary>
internal sealed record SqlAnswerView
{
    public required IReadOnlyList<ColumnView> Columns { get; init; }

    public required IReadOnlyList<IReadOnlyList<object?>> Rows { get; init; }

    [Description("Whether there are more rows than are shown.")]
    public required bool IsCut { get; init; }

    public required double Seconds { get; init; }
}

/// <summary>What a column holds.</summary>
internal sealed record ColumnStatisticsView
{
    public required ColumnView Column { get; init; }

    public required long Rows { get; init; }

    public required long Nulls { get; init; }

    public required long Distinct { get; init; }

    [Description("Whether distinct is estimated, as there are many rows.")]
    public required bool IsEstimate { get; init; }

    public required object? Least { get; init; }

    public required object? Greatest { get; init; }

    public required double? Average { get; init; }

    [Description("The most frequent values.")]
    public required IReadOnlyList<ValueCountView> Top { get; init; }

    public static ColumnStatisticsView Of(ColumnStatistics statistics) => new()
    {
        Column = ColumnView.Of(statistics.Column),
        Rows = statistics.Rows,
        Nulls = statistics.Nulls,
        Distinct = statistics.Distinct,
        IsEstimate = statistics.IsEstimate,
        Least = RowValue.Of(statistics.Least, statistics.Column.Type),
        Greatest = RowValue.Of(statistics.Greatest, statistics.Column.Type),
        Average = statistics.Average is { } average && double.IsFinite(average) ? average : null,
        Top = [.. statistics.Top.Select(value => new ValueCountView(value.Value, value.Count))],
    };
}

/// <summary>A value and how many rows have it.</summary>
internal sealed record ValueCountView(string? Value, long Count);

/// <summary>What a chart is drawn from.</summary>
internal sealed record ChartView
{
    public required ChartKind Kind { get; init; }

    public required string? Over { get; init; }

    public required string? Measure { get; init; }

    public required Aggregation Aggregation { get; init; }

    public required ChartPeriod Period { get; init; }

    public required IReadOnlyList<ChartPointView> Points { get; init; }

    [Description("Categories or periods beyond those that are shown.")]
    public required long LeftOut { get; init; }

    public static ChartView Of(ChartSeries series) => new()
    {
        Kind = series.Choice.Kind,
        Over = series.Choice.Over,
        Measure = series.Choice.Measure,
        Aggregation = series.Choice.Aggregation,
        Period = series.Choice.Period,
        Points = [.. series.Points.Select(point => new ChartPointView(point.Label, point.At, point.Value is { } value && double.IsFinite(value) ? value : null))],
        LeftOut = series.LeftOut,
    };
}

/// <summary>A point of a chart.</summary>
internal sealed record ChartPointView(string? Label, DateTime? At, double? Value);

/// <summary>Values of rows as JSON has them.</summary>
internal static class RowValue
{
    public static IReadOnlyList<IReadOnlyList<object?>> Of(IReadOnlyList<object?[]> rows, IReadOnlyList<StoredColumn> columns) =>
        [.. rows.Select(row => (IReadOnlyList<object?>)[.. row.Select((value, index) => Of(value, columns[index].Type))])];

    /// <summary>JSON has no infinite numbers; they are told as text.</summary>
    public static object? Of(object? value, ColumnType type) => value switch
    {
        double number when !double.IsFinite(number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        string text when type == ColumnType.Json => JsonOf(text),
        DateTime { Kind: DateTimeKind.Unspecified } instant => DateTime.SpecifyKind(instant, DateTimeKind.Utc),
        _ => value,
    };

    private static object JsonOf(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            // A value that was cut, as in statistics, is shown as it stands.
            return text;
        }
    }
}

/// <summary>The records of a DataSet that could not be stored.</summary>
internal sealed record QuarantineView(long Total, IReadOnlyList<QuarantinedRecordView> Records);

/// <summary>One of them, with its values as text.</summary>
internal sealed record QuarantinedRecordView
{
    public required long Number { get; init; }

    public required string Run { get; init; }

    public required DateTimeOffset ReadAt { get; init; }

    public required string Reason { get; init; }

    public required IReadOnlyDictionary<string, string?> Values { get; init; }
}

/// <summary>How many records were forgotten.</summary>
internal sealed record DiscardedView(long Discarded);
