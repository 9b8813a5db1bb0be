using System.Text.Json;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Support;
using MiniExcelLibs;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Each format holds what the DataSet holds, and none of them brings a formula to life.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private static readonly string[] Formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")"];

    private readonly QueryFixture _sales = new();

    public async ValueTask InitializeAsync() => await _sales.FillAsync(
    [
        QueryFixture.Sale(1, "Peru; \"quoted\", and\nbroken", 1.25m, long.MaxValue),
        QueryFixture.Sale(2, null, -1.5m, -3),
        .. Formulas.Select((formula, index) => QueryFixture.Sale(3 + index, formula, 2, index)),
    ]);

    public ValueTask DisposeAsync() => _sales.DisposeAsync();

    [Fact]
    public async Task CSV_holds_the_rows_and_no_formula()
    {
        var text = await TextAsync(new RowQuery { Sort = "day" }, ExportFormat.Csv);

        Assert.StartsWith("day,country,amount,clicks,at,is_new,extra,_run_id,_loaded_at\n2025-01-01,\"Peru; \"\"quoted\"\", and\nbroken\",1.25,9223372036854775807,2025-01-01T12:30:00.000000Z,false,", text, StringComparison.Ordinal);
        Assert.Contains("\n2025-01-02,,-1.50,-3,", text, StringComparison.Ordinal);
        Assert.All(Formulas[..4], formula => Assert.Contains($",'{formula},", text, StringComparison.Ordinal));
        Assert.Contains("\"'=HYPERLINK(\"\"http://x\"\")\"", text, StringComparison.Ordinal);
        Assert.Contains("'\t=1", text, StringComparison.Ordinal);
        Assert.Contains("'\r=1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Excel_holds_numbers_dates_and_text_as_such_and_no_formula()
    {
        using var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, new RowQuery { Sort = "day" }, ExportFormat.Excel, TestPlatform.Cancellation);
        using var content = file.Open();
        var rows = MiniExcel.Query(content, useHeaderRow: true).Cast<IDictionary<string, object>>().ToList();

        Assert.Equal(9, rows.Count);
        Assert.Equal(new DateTime(2025, 1, 1), rows[0]["day"]);
        Assert.Equal(1.25, rows[0]["amount"]);
        Assert.Equal("9223372036854775807", rows[0]["clicks"]);
        Assert.Equal(-3.0, rows[1]["clicks"]);
        Assert.Null(rows[1]["country"]);
        Assert.Equal(new DateTime(2025, 1, 1, 12, 30, 0), rows[0]["at"]);
        Assert.Equal(Formulas.Select(formula => "'" + formula.Replace('\r', '\n')), rows.Skip(2).Select(row => row["country"]));
    }

    [Fact]
    public async Task Excel_cuts_a_long_text_between_two_characters_and_takes_signs_that_XML_does_not_have()
    {
        using var file = await _sales.Queries.ExportAsync(
            _sales.DataSet.Id, "SELECT repeat('🦀', 17000) AS crabs, 'a' || chr(1) || chr(12) || 'b' || chr(65535) AS signs", ExportFormat.Excel, TestPlatform.Cancellation);
        using var content = file.Open();
        var row = Assert.Single(MiniExcel.Query(content, useHeaderRow: true).Cast<IDictionary<string, object>>());

        Assert.Equal(string.Concat(Enumerable.Repeat("🦀", 16383)), row["crabs"]);
        Assert.Matches("^a.*b", row["signs"].ToString());
    }

    [Fact]
    public async Task JSON_lines_hold_the_values_as_they_are()
    {
        var lines = (await TextAsync(new RowQuery { Sort = "day" }, ExportFormat.JsonLines)).TrimEnd('\n').Split('\n').Select(line => JsonElement.Parse(line)).ToList();

        Assert.Equal(9, lines.Count);
        Assert.Equal(long.MaxValue, lines[0].GetProperty("clicks").GetInt64());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("country").ValueKind);
        Assert.Equal("=1+1", lines[2].GetProperty("country").GetString());
        Assert.Equal(1, lines[0].GetProperty("extra").GetProperty("day").GetInt32());
    }

    [Fact]
    public async Task Parquet_holds_the_values_as_they_are()
    {
        using var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, new RowQuery(), ExportFormat.Parquet, TestPlatform.Cancellation);
        using var connection = new StoreFixture();
        using var other = connection.File.Connect();

        Assert.Equal(["=1+1|-3"], other.Query(
            $"SELECT (SELECT country FROM read_parquet('{file.Path}') WHERE clicks = 0) || '|' || (SELECT min(clicks) FROM read_parquet('{file.Path}'))", reader => reader.GetString(0)));
    }

    [Theory]
    [InlineData("Csv")]
    [InlineData("JsonLines")]
    [InlineData("Parquet")]
    [InlineData("Excel")]
    public async Task An_export_has_the_rows_of_its_filters(string format)
    {
        using var file = await _sales.Queries.ExportAsync(
            _sales.DataSet.Id, new RowQuery { Filters = [new RowFilter("clicks", FilterKind.Less, "0")] }, Enum.Parse<ExportFormat>(format), TestPlatform.Cancellation);

        Assert.Equal(1, Count(file));
    }

    [Theory]
    [InlineData("Csv")]
    [InlineData("JsonLines")]
    [InlineData("Parquet")]
    [InlineData("Excel")]
    public async Task An_answer_to_a_query_is_exported_whole(string format)
    {
        using var file = await _sales.Queries.ExportAsync(
            _sales.DataSet.Id, "SELECT a.clicks, [1] AS list, '=x' AS \"=y\" FROM rows a, rows b ORDER BY 1; -- all", Enum.Parse<ExportFormat>(format), TestPlatform.Cancellation);

        Assert.Equal(81, Count(file));
    }

    [Fact]
    public async Task The_name_of_a_column_is_no_formula_either()
    {
        using var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, "SELECT 1 AS \"=1+1\"", ExportFormat.Csv, TestPlatform.Cancellation);

        Assert.StartsWith("'=1+1", await File.ReadAllTextAsync(file.Path, TestPlatform.Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_gone_when_it_has_been_read()
    {
        using var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, new RowQuery(), ExportFormat.Csv, TestPlatform.Cancellation);
        await file.Open().DisposeAsync();

        Assert.False(File.Exists(file.Path));
    }

    [Fact]
    public async Task More_rows_than_a_sheet_holds_are_refused_before_they_are_written()
    {
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _sales.Queries.ExportAsync(
            _sales.DataSet.Id, "SELECT i FROM range(1048576) t(i)", ExportFormat.Excel, TestPlatform.Cancellation));

        Assert.Contains("1,048,575", refusal.Message, StringComparison.Ordinal);
    }

    private static int Count(ExportFile file)
    {
        switch (file.Format)
        {
            case ExportFormat.Excel:
                using (var content = file.Open())
                {
                    return MiniExcel.Query(content, useHeaderRow: true).Count();
                }

            case ExportFormat.Parquet:
                using (var store = new StoreFixture())
                using (var connection = store.File.Connect())
                {
                    return (int)(long)connection.Scalar($"SELECT count(*) FROM read_parquet('{file.Path}')")!;
                }

            default:
                return File.ReadLines(file.Path).Count() - (file.Format == ExportFormat.Csv ? 1 : 0);
        }
    }

    private async Task<string> TextAsync(RowQuery query, ExportFormat format)
    {
        using var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, query, format, TestPlatform.Cancellation);
        return await File.ReadAllTextAsync(file.Path, TestPlatform.Cancellation);
    }
}
