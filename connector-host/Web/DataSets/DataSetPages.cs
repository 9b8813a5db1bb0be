using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>The overview of a DataSet: a chart, key figures, and its last run in words.</summary>
internal sealed class DataSetPages(SiteRenderer site, DataSetHeader header, DataSetFiles files, DataSetQueries queries, RunStore runs, RunRequests requests)
{
    private const int RunsCounted = 50;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetPages>();
        server.MapMethods("/datasets/{id}", Pages.Reading, pages.ShowAsync);
        server.MapPost("/datasets/{id}/run", pages.RunAsync).Needs(Permission.Run);
        DataSetRowsPages.Map(server);
        DataSetHistoryPages.Map(server);
        DataSetApprovalPages.Map(server);
    }

    private async Task<IResult> ShowAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var (chart, error) = await ChartAsync(context.Request.Query, dataSet, cancellationToken).ConfigureAwait(false);
        using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        var (columns, rows) = (lease.Reader.Columns(), lease.Reader.Count());
        chart = rows == 0 ? null : chart;
        var recent = runs.Of(dataSet.Id, RunsCounted);
        var last = recent is [var newest, ..] ? newest : null;
        var lastSuccess = recent.FirstOrDefault(run => run.IsSuccess);
        var model = new
        {
            dataSet.Id,
            CanRun = header.CanRun(dataSet),
            Chart = chart is null ? null : ChartPicture.Of(chart),
            Choice = chart is null ? null : Choice(chart.Choice, columns),
            Error = error ?? "",
            Rows = Words.Count(rows),
            Columns = columns.Select(column => new { column.Name, Type = column.Type.ToString(), Description = column.Description ?? "", column.IsKey }).ToList(),
            UpdateMethod = dataSet.UpdateMethod.ToString(),
            Size = Words.Size(new FileInfo(files.PathOf(dataSet.Id)) is { Exists: true } file ? file.Length : 0),
            LastSuccess = lastSuccess?.EndedAt,
            SuccessRate = RunView.SuccessRate(RunView.Judged(recent)),
            HasRun = recent.Any(run => run.IsEnded),
            Last = last is { IsEnded: true } ? RunView.Of(last, dataSet.Name) : null,
            UnderWay = last is { IsEnded: false } ? new { last.Id, Progress = RunView.Progress(last, dataSet.Name) } : null,
            Address = context.Request.Path + context.Request.QueryString,
        };
        return site.Page(context, header.Page(dataSet, "overview", "dataset-overview", model, error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
    }

    private async Task<IResult> RunAsync(HttpContext context, string id)
    {
        var dataSet = header.Get(id);
        var run = await requests.StartAsync(dataSet).ConfigureAwait(false);
        return site.Redirect(context, $"/runs/{run.Id}", run.State == RunState.Queued ? "The run waits for its turn." : "The run has started.");
    }

    private async Task<(ChartSeries? Chart, string? Error)> ChartAsync(IQueryCollection query, DataSetConfiguration dataSet, CancellationToken cancellationToken)
    {
        try
        {
            return (await queries.ChartAsync(dataSet.Id, Wish(query), cancellationToken).ConfigureAwait(false), null);
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            // What was asked for cannot be drawn; the usual chart can, and shows the choices.
            return (query.Count == 0 ? null : await queries.ChartAsync(dataSet.Id, new ChartWish(), cancellationToken).ConfigureAwait(false), exception.Message);
        }
    }

    private static ChartWish Wish(IQueryCollection query) => new()
    {
        Kind = Chosen<ChartKind>(query["chart"]),
        Over = query["over"].ToString() is { Length: > 0 } over ? over : null,
        Measure = query.ContainsKey("measure") ? query["measure"].ToString() : null,
        Aggregation = Chosen<Aggregation>(query["aggregation"]),
        Period = Chosen<ChartPeriod>(query["period"]),
    };

    private static T? Chosen<T>(string? text)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;

    private static object Choice(ChartChoice choice, IReadOnlyList<StoredColumn> columns) => new
    {
        Kinds = Options(choice.Kind, kind => kind.ToString()),
        Over = columns.Where(column => column.Type is not (ColumnType.Json or ColumnType.Double or ColumnType.Decimal))
            .Select(column => new { column.Name, IsChosen = column.Name == choice.Over }).ToList(),
        Measures = columns.Where(RowsView.IsNumber).Select(column => new { column.Name, IsChosen = column.Name == choice.Measure }).ToList(),
        Aggregations = Options(choice.Aggregation, aggregation => aggregation switch
        {
            Aggregation.Count => "Number of rows",
            var other => other.ToString(),
        }),
        Periods = Options(choice.Period, period => period.ToString()),
    };

    private static List<Option> Options<T>(T chosen, Func<T, string> title)
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => new Option(value.ToString(), title(value), value.Equals(chosen)))];

    /// <summary>An entry of a menu.</summary>
    private sealed record Option(string Value, string Title, bool IsChosen);
}
