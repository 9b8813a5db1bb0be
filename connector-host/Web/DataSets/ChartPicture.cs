using System.Globalization;
using ConnectorPlatform.Host.DataSets.Queries;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>A chart in numbers of a picture that is 1000 wide and 1000 high, which the browser stretches; its texts stand beside it and stay readable.</summary>
internal static class ChartPicture
{
    private const double Side = 1000;

    public static object Of(ChartSeries series)
    {
        var values = series.Points.Select(point => point.Value ?? 0).ToList();
        var (low, high) = (Math.Min(0, values.DefaultIfEmpty().Min()), values.DefaultIfEmpty().Max());
        high = series.Choice.Kind == ChartKind.Lines ? Ceiling(high) : high;
        high = high <= low ? low + 1 : high;

        return new
        {
            Kind = series.Choice.Kind.ToString(),
            Title = TitleOf(series.Choice),
            Points = series.Points.Select((point, index) => Point(series, point, index, low, high)).ToList(),
            Path = series.Choice.Kind == ChartKind.Lines ? PathOf(series.Points, low, high) : "",
            High = Number(high),
            Middle = Number((high + low) / 2),
            Low = Number(low),
            First = series.Points is [var first, ..] ? first.Label ?? "" : "",
            Last = series.Points is [_, .., var last] ? last.Label ?? "" : "",
            Over = series.Choice.Over ?? "",
            Measure = MeasureOf(series.Choice),
            series.LeftOut,
        };
    }

    /// <summary>Such as <c>Sum of clicks by day of date</c>.</summary>
    public static string TitleOf(ChartChoice choice) => choice switch
    {
        { Kind: ChartKind.Lines } => $"{MeasureOf(choice)} by {choice.Period.ToString().ToLowerInvariant()} of {choice.Over}",
        { Kind: ChartKind.Bars } => $"{MeasureOf(choice)} by {choice.Over}",
        _ => MeasureOf(choice),
    };

    private static string MeasureOf(ChartChoice choice) => choice.Aggregation switch
    {
        Aggregation.Sum => $"Sum of {choice.Measure}",
        Aggregation.Average => $"Average of {choice.Measure}",
        Aggregation.Least => $"Least {choice.Measure}",
        Aggregation.Greatest => $"Greatest {choice.Measure}",
        _ => "Number of rows",
    };

    private static object Point(ChartSeries series, ChartPoint point, int index, double low, double high)
    {
        var width = Side / Math.Max(1, series.Points.Count);
        var (value, zero) = (Scaled(point.Value ?? 0, low, high), Scaled(0, low, high));
        return new
        {
            Label = point.Label switch { null => "(no value)", "" => "(empty)", var label => label },
            Value = point.Value is { } number ? Number(number) : "–",
            Left = Attribute(index * width),
            Width = Attribute(width),
            Start = Attribute(Math.Min(value, zero) / Side * 100) + "%",
            Length = Attribute(Math.Abs(value - zero) / Side * 100) + "%",
            IsNegative = point.Value < 0,
        };
    }

    private static string PathOf(IReadOnlyList<ChartPoint> points, double low, double high)
    {
        var first = points.Count == 0 ? null : points[0].At;
        var span = points.Count < 2 ? 1 : Math.Max(1, (points[^1].At!.Value - first!.Value).TotalSeconds);
        var (path, isPenUp) = (new List<string>(), true);
        foreach (var point in points)
        {
            if (point.Value is not { } value)
            {
                isPenUp = true;
                continue;
            }

            var x = points.Count == 1 ? Side / 2 : (point.At!.Value - first!.Value).TotalSeconds / span * Side;
            path.Add($"{(isPenUp ? 'M' : 'L')}{Attribute(x)} {Attribute(Side - Scaled(value, low, high))}");
            isPenUp = false;
        }

        // A line of one point would not be seen.
        return path.Count == 1 ? $"{path[0]} h1" : string.Join(' ', path);
    }

    private static double Scaled(double value, double low, double high) => (value - low) / (high - low) * Side;

    // The next of 1, 2, 2.5 and 5 times a power of ten, so that the marks of the axis are numbers that people like.
    private static double Ceiling(double value)
    {
        if (value <= 0)
        {
            return 0;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(step => step * power).First(step => step >= value * 0.999999);
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 || value == Math.Floor(value) ? "N0" : "0.##", CultureInfo.InvariantCulture);

    private static string Attribute(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
