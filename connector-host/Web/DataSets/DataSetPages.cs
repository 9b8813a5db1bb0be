using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>The rows of a DataSet.</summary>
internal sealed class DataSetPages(SiteRenderer site, DataSetConfigurationStore dataSets, DataSetFiles files)
{
    private const int RowsShown = 200;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetPages>();
        server.MapMethods("/datasets/{id}", Pages.Reading, pages.ShowAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = dataSets.Find(id)
            ?? throw new PlatformException(PlatformFault.NotFound, "There is no such DataSet; it may have been deleted.");
        using var lease = await files.OpenAsync(dataSet.Id, cancellationToken).ConfigureAwait(false);
        return site.Page(context, new PageView("dataset", dataSet.Name, Rows(dataSet, lease.Reader.Page(0, RowsShown)))
        {
            Crumbs = [new Crumb("Data Center", "/")],
            Section = "home",
        });
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
}
