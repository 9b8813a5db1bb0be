using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Host.Web;

/// <summary>The pages: the DataSets, and the first rows of each.</summary>
internal static class Pages
{
    private const int RowsShown = 200;

    public static void Map(WebApplication server)
    {
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        server.MapMethods("/", reading, Home);
        server.MapMethods("/datasets/{id}", reading, DataSetAsync);
        server.MapMethods("/health/live", reading, () => Results.Text("ok"));
        server.MapMethods("/site.css", reading, () => Results.Stream(
            typeof(Pages).Assembly.GetManifestResourceStream("static/site.css")!, "text/css; charset=utf-8"));
        server.MapFallback((HtmlTemplates templates) => Problem(templates, "Not found", "There is no such page.", StatusCodes.Status404NotFound));
    }

    private static IResult Home(HtmlTemplates templates, DataSetConfigurationStore dataSets, RunStore runs) =>
        Html(templates.Page("home", "DataSets", new
        {
            DataSets = dataSets.List().Select(dataSet => Row(dataSet, runs.Last(dataSet.Id))).ToList(),
        }));

    private static object Row(DataSetConfiguration dataSet, RunRecord? last) => new
    {
        dataSet.Id,
        dataSet.Name,
        dataSet.Connector,
        State = last?.State switch
        {
            null => "Never run",
            RunState.SucceededWithWarnings => "Succeeded with warnings",
            RunState.Held => "Held for approval",
            { } state => state.ToString(),
        },
        StateClass = last?.State switch
        {
            RunState.Succeeded => "good",
            RunState.SucceededWithWarnings or RunState.Held or RunState.Cancelled => "doubtful",
            RunState.Failed => "bad",
            _ => "",
        },
        Rows = last?.Counts.RowsWritten.ToString(CultureInfo.InvariantCulture) ?? "",
        LastRun = last?.EndedAt?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "",
        Note = last?.Failure?.Message ?? string.Join(" ", last?.Warnings ?? []),
    };

    private static async Task<IResult> DataSetAsync(
        string id, HtmlTemplates templates, DataSetConfigurationStore dataSets, DataSetFiles files, CancellationToken cancellationToken)
    {
        if (dataSets.Find(id) is not { } dataSet)
        {
            return Problem(templates, "Not found", "There is no such DataSet; it may have been deleted.", StatusCodes.Status404NotFound);
        }

        try
        {
            using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
            return Html(templates.Page("dataset", dataSet.Name, Rows(dataSet, lease.Reader.Page(0, RowsShown))));
        }
        catch (PlatformException exception)
        {
            return Problem(templates, dataSet.Name, exception.Message, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static object Rows(DataSetConfiguration dataSet, RowPage page) => new
    {
        dataSet.Connector,
        UpdateMethod = dataSet.UpdateMethod.ToString(),
        page.Total,
        Shown = page.Rows.Count,
        Columns = page.Columns.Select(column => new
        {
            column.Name,
            Description = column.Description ?? "",
            IsNumber = column.Type is ColumnType.Integer or ColumnType.Double or ColumnType.Decimal,
        }).ToList(),
        Rows = page.Rows.Select(row => row.Select(ValueText.Of).ToList()).ToList(),
    };

    private static IResult Html(string page) => Results.Content(page, "text/html; charset=utf-8");

    private static IResult Problem(HtmlTemplates templates, string title, string message, int status) =>
        Results.Content(templates.Page("problem", title, new { Message = message }), "text/html; charset=utf-8", statusCode: status);
}
