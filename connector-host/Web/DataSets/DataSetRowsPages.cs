using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>The rows of a DataSet: as a table, by SQL, and as files.</summary>
internal sealed class DataSetRowsPages(SiteRenderer site, DataSetHeader header, DataSetQueries queries)
{
    private const int RowsShown = 50;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetRowsPages>();
        server.MapMethods("/datasets/{id}/data", Pages.Reading, pages.ShowAsync);
        server.MapMethods("/datasets/{id}/export", Pages.Reading, pages.ExportAsync);
        server.MapMethods("/datasets/{id}/sql", Pages.Reading, pages.ShowSqlAsync);
        server.MapPost("/datasets/{id}/sql", pages.AnswerAsync).Needs(Permission.Read);
        server.MapPost("/datasets/{id}/sql/export", pages.ExportAnswerAsync).Needs(Permission.Read);
    }

    private async Task<IResult> ShowAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var asked = context.Request.Query;
        var (query, error) = (new RowQuery { Limit = RowsShown }, "");
        RowMatches? matches = null;
        try
        {
            query = RowFilters.Parse(asked, RowsShown);
            if (asked["column"].ToString() is { Length: > 0 } column)
            {
                var added = query with { Filters = [.. query.Filters, RowFilters.Of(column, asked["condition"].ToString(), asked["value"].ToString())] };
                await queries.RowsAsync(dataSet.Id, added with { Limit = 1 }, cancellationToken).ConfigureAwait(false);
                return site.Redirect(context, $"/datasets/{id}/data{RowFilters.Address(added)}");
            }

            matches = await queries.RowsAsync(dataSet.Id, query, cancellationToken).ConfigureAwait(false);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            error = exception.Message;
        }

        matches ??= await queries.RowsAsync(dataSet.Id, new RowQuery { Limit = RowsShown }, cancellationToken).ConfigureAwait(false);
        var (page, pages) = (RowFilters.PageOf(asked), PagesOf(matches));
        if (page > pages)
        {
            return site.Redirect(context, $"/datasets/{id}/data{RowFilters.Address(query, pages)}");
        }

        var statistics = asked["statistics"].ToString() is { Length: > 0 } name && error.Length == 0
            ? Statistics(await queries.StatisticsAsync(dataSet.Id, name, query.Filters, cancellationToken).ConfigureAwait(false), $"/datasets/{id}/data{RowFilters.Address(query, page)}")
            : null;
        var model = Table(dataSet, matches, query, page, error, statistics, asked);
        return site.Page(context, header.Page(dataSet, "data", "dataset-data", model, error.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
    }

    private static int PagesOf(RowMatches matches) => (int)Math.Min(int.MaxValue, Math.Max(1, (matches.Matching + RowsShown - 1) / RowsShown));

    private static object Table(DataSetConfiguration dataSet, RowMatches matches, RowQuery query, int page, string error, object? statistics, IQueryCollection asked)
    {
        var path = $"/datasets/{dataSet.Id}/data";
        var pages = PagesOf(matches);
        return new
        {
            dataSet.Id,
            Error = error,
            Statistics = statistics,
            Table = RowsView.Of(matches.Page.Columns, matches.Page.Rows, "Rows", column => Heading(column, query, path)),
            Matching = Words.Count(matches.Matching, "row"),
            Total = matches.Matching == matches.Page.Total ? "" : Words.Count(matches.Page.Total),
            HasRows = matches.Page.Total > 0,
            Columns = matches.Page.Columns.Select(column => new { column.Name, IsChosen = asked["column"] == column.Name }).ToList(),
            Conditions = RowFilters.Choices,
            Condition = asked["condition"].ToString(),
            Value = asked["value"].ToString(),
            Filters = query.Filters.Select((filter, index) => new
            {
                Text = RowFilters.Words(filter),
                Written = RowFilters.Write(filter),
                Without = path + RowFilters.Address(query with { Filters = [.. query.Filters.Where((_, other) => other != index)] }),
            }).ToList(),
            Sort = query.Sort ?? "",
            query.IsDescending,
            Page = page,
            Pages = pages,
            Before = page > 1 ? path + RowFilters.Address(query, page - 1) : "",
            After = page < pages ? path + RowFilters.Address(query, page + 1) : "",
            Formats = Formats.Select(format => new { format.Title, Path = $"/datasets/{dataSet.Id}/export{WithFormat(RowFilters.Address(query), format.Ending)}" }).ToList(),
        };
    }

    private static string WithFormat(string address, string ending) => address.Length == 0 ? $"?format={ending}" : $"{address}&format={ending}";

    private static object Heading(StoredColumn column, RowQuery query, string path)
    {
        var isSorted = string.Equals(query.Sort, column.Name, StringComparison.OrdinalIgnoreCase);
        var here = RowFilters.Address(query);
        return new
        {
            IsSorted = isSorted,
            Direction = query.IsDescending ? "descending" : "ascending",
            Path = path + RowFilters.Address(query with { Sort = column.Name, IsDescending = isSorted && !query.IsDescending }),
            Statistics = $"{path}{here}{(here.Length == 0 ? "?" : "&")}statistics={Uri.EscapeDataString(column.Name)}",
        };
    }

    private static object Statistics(ColumnStatistics statistics, string close) => new
    {
        statistics.Column.Name,
        Type = statistics.Column.Type.ToString(),
        Description = statistics.Column.Description ?? "",
        Rows = Words.Count(statistics.Rows),
        Nulls = Words.Count(statistics.Nulls),
        Distinct = (statistics.IsEstimate ? "about " : "") + Words.Count(statistics.Distinct),
        Least = RowsView.Cell(statistics.Least) ?? "–",
        Greatest = RowsView.Cell(statistics.Greatest) ?? "–",
        Average = statistics.Average is { } average ? average.ToString("0.####", CultureInfo.InvariantCulture) : "",
        Top = statistics.Top.Select(top => new { Value = top.Value, Count = Words.Count(top.Count) }).ToList(),
        Close = close,
    };

    private async Task<IResult> ExportAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var format = FormatOf(context.Request.Query["format"].ToString());
        var query = RowFilters.Parse(context.Request.Query, RowsShown);
        return Download(dataSet, await queries.ExportAsync(dataSet.Id, query, format, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IResult> ShowSqlAsync(HttpContext context, string id, CancellationToken cancellationToken) =>
        site.Page(context, await SqlPageAsync(header.Get(id), DataSetQueries.Example, null, "", cancellationToken).ConfigureAwait(false));

    private async Task<IResult> AnswerAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var sql = form["sql"].ToString().ReplaceLineEndings("\n");
        try
        {
            var answer = await queries.SqlAsync(dataSet.Id, sql, cancellationToken).ConfigureAwait(false);
            return site.Page(context, await SqlPageAsync(dataSet, sql, answer, "", cancellationToken).ConfigureAwait(false));
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return site.Page(context, await SqlPageAsync(dataSet, sql, null, exception.Message, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<IResult> ExportAnswerAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var format = FormatOf(form["format"].ToString());
        return Download(dataSet, await queries.ExportAsync(dataSet.Id, form["sql"].ToString().ReplaceLineEndings("\n"), format, cancellationToken).ConfigureAwait(false));
    }

    private async Task<PageView> SqlPageAsync(DataSetConfiguration dataSet, string sql, SqlAnswer? answer, string error, CancellationToken cancellationToken)
    {
        var matches = await queries.RowsAsync(dataSet.Id, new RowQuery { Limit = 0 }, cancellationToken).ConfigureAwait(false);
        var model = new
        {
            dataSet.Id,
            Sql = sql,
            Error = error,
            Errors = error.Length == 0 ? [] : new[] { new { Target = "sql", Message = error } },
            Columns = matches.Page.Columns.Select(column => new { column.Name, Type = column.Type.ToString() }).ToList(),
            Answer = answer is null ? null : RowsView.Of(answer.Columns, answer.Rows, "Rows of the answer"),
            Rows = answer is null ? "" : Words.Count(answer.Rows.Count, "row"),
            IsCut = answer?.IsCut ?? false,
            Took = answer is null ? "" : Words.Duration(answer.Took),
            Formats = Formats.Select(format => new { format.Title, format.Ending }).ToList(),
        };
        return header.Page(dataSet, "data", "dataset-sql", model, error.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static (string Ending, string Title, string Type, ExportFormat Format)[] Formats { get; } =
    [
        ("csv", "CSV", "text/csv; charset=utf-8", ExportFormat.Csv),
        ("xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ExportFormat.Excel),
        ("parquet", "Parquet", "application/vnd.apache.parquet", ExportFormat.Parquet),
        ("jsonl", "JSON lines", "application/jsonl; charset=utf-8", ExportFormat.JsonLines),
    ];

    private static ExportFormat FormatOf(string ending) => Array.Find(Formats, format => format.Ending == ending) is { Ending: not null } found
        ? found.Format
        : throw new PlatformException(PlatformFault.Input, $"\"{ending}\" is no format; there are {string.Join(", ", Formats.Select(format => format.Ending))}.");

    private static IResult Download(DataSetConfiguration dataSet, ExportFile file)
    {
        var format = Array.Find(Formats, format => format.Format == file.Format);
        var name = string.Concat(dataSet.Name.Split([.. Path.GetInvalidFileNameChars(), .. "\\:*?\"<>|"], StringSplitOptions.RemoveEmptyEntries));
        return Results.File(file.Open(), format.Type, $"{(name.Length == 0 ? "rows" : name)}.{format.Ending}");
    }
}
