using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class RowQueryTests : IAsyncLifetime
{
    private readonly QueryFixture _sales = new();

    public async ValueTask InitializeAsync() => await _sales.FillAsync();

    public ValueTask DisposeAsync() => _sales.DisposeAsync();

    [Theory]
    [InlineData("country", "Equal", "Peru", 7)]
    [InlineData("country", "NotEqual", "Peru", 13)]
    [InlineData("country", "Null", "", 6)]
    [InlineData("country", "NotNull", "", 14)]
    [InlineData("country", "Contains", "ER", 7)]
    [InlineData("country", "StartsWith", "chi", 7)]
    [InlineData("clicks", "AtLeast", "190", 2)]
    [InlineData("clicks", "Less", "15.5", 1)]
    [InlineData("amount", "Equal", "1.5", 1)]
    [InlineData("day", "Greater", "2025-01-18", 2)]
    [InlineData("at", "Equal", "2025-01-18", 1)]
    [InlineData("at", "AtMost", "2025-01-02T12:30:00Z", 2)]
    [InlineData("is_new", "Equal", "true", 10)]
    [InlineData("clicks", "Contains", "20", 3)]
    [InlineData("country", "Equal", "' OR 1=1 --", 0)]
    public async Task A_filter_lets_matching_rows_through(string column, string kind, string value, long matching)
    {
        var matches = await AskAsync(new RowQuery { Filters = [new RowFilter(column, Enum.Parse<FilterKind>(kind), value)] });

        Assert.Equal(matching, matches.Matching);
        Assert.Equal(20, matches.Page.Total);
        Assert.Equal(matching, matches.Page.Rows.Count);
    }

    [Theory]
    [InlineData("clicks", "Equal", "many", "numbers")]
    [InlineData("day", "Less", "yesterday", "dates")]
    [InlineData("is_new", "Equal", "yes", "true and false")]
    [InlineData("no_such", "Equal", "1", "day, country, amount")]
    public async Task A_filter_that_does_not_fit_says_what_would(string column, string kind, string value, string told)
    {
        var error = await Assert.ThrowsAsync<PlatformException>(() => AskAsync(new RowQuery { Filters = [new RowFilter(column, Enum.Parse<FilterKind>(kind), value)] }));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_sorted_rows_hold_every_row_once()
    {
        var seen = new List<object?>();
        for (var offset = 0; offset < 20; offset += 7)
        {
            var page = await AskAsync(new RowQuery { Sort = "country", IsDescending = true, Offset = offset, Limit = 7 });
            seen.AddRange(page.Page.Rows.Select(row => row[0]));
        }

        Assert.Equal(20, seen.Distinct().Count());
    }

    [Fact]
    public async Task Statistics_tell_what_a_column_holds()
    {
        var country = await _sales.Queries.StatisticsAsync(_sales.DataSet.Id, "country", [], TestPlatform.Cancellation);
        var clicks = await _sales.Queries.StatisticsAsync(_sales.DataSet.Id, "clicks", [new RowFilter("country", FilterKind.Equal, "Peru")], TestPlatform.Cancellation);
        var extra = await _sales.Queries.StatisticsAsync(_sales.DataSet.Id, "extra", [], TestPlatform.Cancellation);

        Assert.Equal((20, 6, 2, false), (country.Rows, country.Nulls, country.Distinct, country.IsEstimate));
        Assert.Equal([new ValueCount("Chile", 7), new ValueCount("Peru", 7), new ValueCount(null, 6)], country.Top);
        Assert.Equal((7L, (object)10L, (object)190L, 730.0 / 7), (clicks.Rows, clicks.Least, clicks.Greatest, clicks.Average));
        Assert.Equal(20, extra.Distinct);
    }

    [Fact]
    public async Task A_chart_of_dated_rows_is_a_line_of_the_first_measure()
    {
        var series = await ChartAsync(new ChartWish());

        Assert.Equal(new ChartChoice(ChartKind.Lines, "day", "amount", Aggregation.Sum, ChartPeriod.Day), series.Choice);
        Assert.Equal(20, series.Points.Count);
        Assert.Equal(("2025-01-01", 1.5), (series.Points[0].Label, series.Points[0].Value));
    }

    [Fact]
    public async Task A_chart_is_what_somebody_wishes()
    {
        var bars = await ChartAsync(new ChartWish { Over = "country", Measure = "clicks" });
        var months = await ChartAsync(new ChartWish { Kind = ChartKind.Lines, Over = "at", Measure = "clicks", Aggregation = Aggregation.Average, Period = ChartPeriod.Month });
        var number = await ChartAsync(new ChartWish { Kind = ChartKind.Number, Aggregation = Aggregation.Count });

        Assert.Equal([("Chile", 740.0), ("Peru", 730.0), (null, 630.0)], bars.Points.Select(point => (point.Label, point.Value!.Value)));
        Assert.Equal([("Jan 2025", 105.0)], months.Points.Select(point => (point.Label, point.Value!.Value)));
        Assert.Equal(20, number.Points.Single().Value);
        await Assert.ThrowsAsync<PlatformException>(() => ChartAsync(new ChartWish { Kind = ChartKind.Lines, Over = "country" }));
        await Assert.ThrowsAsync<PlatformException>(() => ChartAsync(new ChartWish { Measure = "country" }));
    }

    private async Task<ChartSeries> ChartAsync(ChartWish wish) => (await _sales.Queries.ChartAsync(_sales.DataSet.Id, wish, TestPlatform.Cancellation))!;

    private Task<RowMatches> AskAsync(RowQuery query) => _sales.Queries.RowsAsync(_sales.DataSet.Id, query, TestPlatform.Cancellation);
}
