using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The Data Center: all DataSets.</summary>
internal sealed class HomePages(SiteRenderer site, DataSetConfigurationStore dataSets, RunStore runs)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<HomePages>();
        server.MapMethods("/", Pages.Reading, pages.Show);
    }

    private IResult Show(HttpContext context) => site.Page(context, new PageView("home", "Data Center", new
    {
        DataSets = dataSets.List().Select(dataSet => Row(dataSet, runs.Last(dataSet.Id))).ToList(),
    })
    {
        Section = "home",
    });

    private static object Row(DataSetConfiguration dataSet, RunRecord? last) => new
    {
        dataSet.Id,
        dataSet.Name,
        dataSet.Connector,
        State = last is null ? "Never run" : Words.Of(last.State),
        Tone = last is null ? "quiet" : Words.Tone(last.State),
        Rows = last?.Counts.RowsWritten.ToString(CultureInfo.InvariantCulture) ?? "",
        LastRun = last?.EndedAt,
        Note = last?.Failure?.Message ?? string.Join(" ", last?.Warnings ?? []),
    };
}
