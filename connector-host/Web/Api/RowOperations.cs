using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>The rows of DataSets: read, counted, queried and exported.</summary>
internal sealed class RowOperations(DataSetConfigurationStore dataSets, DataSetFiles files, DataSetQueries queries)
{
    private const string DataSetId = "The DataSet's id or name.";
    private const string Filters = "Only rows that pass it: COLUMN:KIND:VALUE, such as clicks:atLeast:10. May be given several times; all must be passed. Kinds: equal, notEqual, contains, startsWith, less, atMost, greater, atLeast, null, notNull.";
    private const string Sort = "The column to sort by; by default the order in which the rows were stored.";
    private const string Descending = "Whether the order is turned round.";
    private const string Format = "How the rows are written.";

    private static readonly Dictionary<ExportFormat, (string Type, string Ending)> Formats = new()
    {
        [ExportFormat.Csv] = ("text/csv", "csv"),
        [ExportFormat.Parquet] = ("application/vnd.apache.parquet", "parquet"),
        [ExportFormat.JsonLines] = ("application/jsonl", "jsonl"),
        [ExportFormat.Excel] = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<RowOperations>();
        var group = api.MapGroup("/datasets/{dataSet}").WithTags("Rows");
        int[] usual = [StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound];
        var types = Formats.Values.Select(format => format.Type).ToArray();
        group.MapGet("/columns", operations.ColumnsAsync).Is("listColumns", "List the columns of a DataSet", "None before its first run.").Fails(StatusCodes.Status404NotFound);
        group.MapGet("/columns/{column}/statistics", operations.StatisticsAsync).Is("showStatistics", "Tell what a column holds").Fails(usual);
        group.MapGet("/rows", operations.RowsAsync).Is("readRows", "Read rows", "Paged, sorted and filtered.").Fails(usual);
        group.MapGet("/chart", operations.ChartAsync).Is("readChart", "Read what a chart is drawn from", "What is left open is chosen by what the columns hold.").Fails(usual);
        group.MapPost("/sql", operations.SqlAsync)
            .Is("querySql", "Query a DataSet with SQL", "One SELECT over the table \"rows\", read only, limited in time and rows.")
            .Example(new SqlBody(DataSetQueries.Example)).Fails(usual);
        group.MapGet("/export", operations.ExportAsync).Is("exportRows", "Export rows", "Text that a spreadsheet would take for a formula gets an apostrophe before it.")
            .Produces<Stream>(StatusCodes.Status200OK, types[0], types[1..]).Fails(usual);
        group.MapPost("/sql/export", operations.ExportSqlAsync).Is("exportSql", "Export the answer to a query", "All of its rows.")
            .Example(new SqlBody(DataSetQueries.Example)).Produces<Stream>(StatusCodes.Status200OK, types[0], types[1..]).Fails(usual);
    }

    private async Task<Ok<ColumnsView>> ColumnsAsync([Description(DataSetId)] string dataSet, CancellationToken cancellationToken)
    {
        using var lease = await files.OpenAsync(dataSets.Get(dataSet).Id, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new ColumnsView([.. lease.Reader.Columns().Select(ColumnView.Of)]));
    }

    private async Task<Ok<ColumnStatisticsView>> StatisticsAsync(
        [Description(DataSetId)] string dataSet, [Description("The column's name.")] string column, [FromQuery(Name = "filter"), Description(Filters)] string[]? filters, CancellationToken cancellationToken) =>
        TypedResults.Ok(ColumnStatisticsView.Of(await queries.StatisticsAsync(dataSets.Get(dataSet).Id, column, FiltersOf(filters), cancellationToken).ConfigureAwait(false)));

    private async Task<Ok<RowsView>> RowsAsync(
        [Description(DataSetId)] string dataSet,
        [AsParameters] PageQuery page,
        [Description(Sort)] string? sort,
        [Description(Descending)] bool? descending,
        [FromQuery(Name = "filter"), Description(Filters)] string[]? filters,
        CancellationToken cancellationToken)
    {
        var query = QueryOf(sort, descending, filters) with { Offset = page.Offset, Limit = page.Count };
        var found = await queries.RowsAsync(dataSets.Get(dataSet).Id, query, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new RowsView
        {
            Columns = [.. found.Page.Columns.Select(ColumnView.Of)],
            Items = RowValue.Of(found.Page.Rows, found.Page.Columns),
            Total = found.Page.Total,
            Matching = found.Matching,
            Next = page.At(found.Page.Rows, found.Matching).Next,
        });
    }

    private async Task<Results<Ok<ChartView>, NoContent>> ChartAsync(
        [Description(DataSetId)] string dataSet,
        [Description("How it is drawn.")] Word<ChartKind>? kind,
        [Description("The column of dates or categories.")] string? over,
        [Description("The column of numbers; without it rows are counted.")] string? measure,
        [Description("How the numbers of a period or category become one.")] Word<Aggregation>? aggregation,
        [Description("How dates are put together.")] Word<ChartPeriod>? period,
        CancellationToken cancellationToken)
    {
        var wish = new ChartWish { Kind = kind?.Value, Over = over, Measure = measure, Aggregation = aggregation?.Value, Period = period?.Value };
        return await queries.ChartAsync(dataSets.Get(dataSet).Id, wish, cancellationToken).ConfigureAwait(false) is { } series
            ? TypedResults.Ok(ChartView.Of(series))
            : TypedResults.NoContent();
    }

    private async Task<Ok<SqlAnswerView>> SqlAsync([Description(DataSetId)] string dataSet, JsonBody<SqlBody> body, CancellationToken cancellationToken)
    {
        var answer = await queries.SqlAsync(dataSets.Get(dataSet).Id, body.Value.Sql, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new SqlAnswerView
        {
            Columns = [.. answer.Columns.Select(ColumnView.Of)],
            Rows = RowValue.Of(answer.Rows, answer.Columns),
            IsCut = answer.IsCut,
            Seconds = answer.Took.TotalSeconds,
        });
    }

    private async Task<IResult> ExportAsync(
        [Description(DataSetId)] string dataSet,
        [Description(Format)] Word<ExportFormat> format,
        [Description(Sort)] string? sort,
        [Description(Descending)] bool? descending,
        [FromQuery(Name = "filter"), Description(Filters)] string[]? filters,
        CancellationToken cancellationToken)
    {
        var stored = dataSets.Get(dataSet);
        return FileOf(stored, await queries.ExportAsync(stored.Id, QueryOf(sort, descending, filters), format.Value, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> ExportSqlAsync(
        [Description(DataSetId)] string dataSet, [Description(Format)] Word<ExportFormat> format, JsonBody<SqlBody> body, CancellationToken cancellationToken)
    {
        var stored = dataSets.Get(dataSet);
        return FileOf(stored, await queries.ExportAsync(stored.Id, body.Value.Sql, format.Value, cancellationToken).ConfigureAwait(false));
    }

    // The file is gone once it has been read.
    private static FileStreamHttpResult FileOf(DataSetConfiguration dataSet, ExportFile export)
    {
        var (type, ending) = Formats[export.Format];
        return TypedResults.Stream(export.Open(), type, $"{dataSet.Name}.{ending}");
    }

    private static RowQuery QueryOf(string? sort, bool? descending, string[]? filters) => new() { Sort = sort, IsDescending = descending ?? false, Filters = FiltersOf(filters) };

    private static IReadOnlyList<RowFilter> FiltersOf(string[]? filters) => [.. (filters ?? []).Select(FilterOf)];

    private static RowFilter FilterOf(string text)
    {
        // A column's name may hold a colon, a kind cannot.
        var parts = text.Split(':');
        for (var place = 1; place < parts.Length; place++)
        {
            if (Word<FilterKind>.TryParse(parts[place], out var kind))
            {
                var filter = new RowFilter(string.Join(':', parts[..place]), kind.Value, string.Join(':', parts[(place + 1)..]));
                return filter.NeedsValue && place == parts.Length - 1 ? throw Wrong(text) : filter;
            }
        }

        throw Wrong(text);
    }

    private static PlatformException Wrong(string filter) =>
        new(PlatformFault.Input, $"The filter \"{filter}\" cannot be read: write COLUMN:KIND:VALUE, such as clicks:atLeast:10; kinds are {string.Join(", ", Word<FilterKind>.All)}.");
}
