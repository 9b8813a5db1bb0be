using System.Globalization;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.DataSets;

/// <summary>What all pages of a DataSet have at their top: name, state, what can be done, and the tabs.</summary>
internal sealed class DataSetHeader(DataSetConfigurationStore dataSets, RunStore runs, ConnectorCatalog connectors)
{
    private const int RunsLookedAt = 50;

    /// <exception cref="PlatformException">There is no such DataSet.</exception>
    public DataSetConfiguration Get(string id) => dataSets.Find(id) is { } dataSet && dataSet.Id == id
        ? dataSet
        : throw new PlatformException(PlatformFault.NotFound, "There is no such DataSet; it may have been deleted.");

    /// <summary>A posted form, and the DataSet in the version that the form was opened with.</summary>
    /// <exception cref="PlatformException">There is no such DataSet.</exception>
    public async Task<(DataSetConfiguration DataSet, IFormCollection Posted)> ReadAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var version = long.TryParse(posted["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return (Get(id) with { Version = version }, posted);
    }

    /// <summary>A page of a DataSet.</summary>
    /// <param name="dataSet">The DataSet.</param>
    /// <param name="tab">The current tab: <c>overview</c>, <c>data</c>, <c>history</c>, <c>approvals</c> or <c>settings</c>.</param>
    /// <param name="template">What is below the tabs.</param>
    /// <param name="model">Of the template.</param>
    /// <param name="status">Of HTTP.</param>
    public PageView Page(DataSetConfiguration dataSet, string tab, string template, object model, int status = StatusCodes.Status200OK) =>
        new("dataset", dataSet.Name, new { Header = Of(dataSet, tab), Template = template, Model = model })
        {
            Crumbs = [new Crumb("Data Center", "/")],
            Section = "home",
            HasOwnHeading = true,
            Status = status,
        };

    /// <summary>The model of the part <c>dataset-header</c>.</summary>
    public object Of(DataSetConfiguration dataSet, string tab)
    {
        var recent = runs.Of(dataSet.Id, RunsLookedAt);
        var last = recent is [var first, ..] ? first : null;
        var isHeld = recent.Any(run => run.State == RunState.Held);
        var tabs = new List<(string Key, string Title)> { ("overview", "Overview"), ("data", "Data"), ("history", "History") };
        if (isHeld || tab == "approvals" || recent.Any(run => run.Counts.RowsRejected > 0))
        {
            tabs.Add(("approvals", isHeld ? "Approvals (1)" : "Approvals"));
        }

        tabs.Add(("settings", "Settings"));
        return new
        {
            dataSet.Id,
            dataSet.Name,
            Connector = PackageOf(dataSet)?.Manifest.Name ?? dataSet.Connector,
            CanRun = CanRun(dataSet),
            IsHeld = isHeld,
            AsksHere = tab == "approvals",
            State = last is null ? "Never run" : Words.Of(last.State),
            Tone = last is null ? "quiet" : Words.Tone(last.State),
            LastRun = last?.Id ?? "",
            Tabs = tabs.Select(entry => new { entry.Title, Path = $"/datasets/{dataSet.Id}{(entry.Key == "overview" ? "" : "/" + entry.Key)}", IsCurrent = entry.Key == tab }).ToList(),
        };
    }

    /// <summary>Whether there is a connector to run it with: installed, allowed and not disabled.</summary>
    public bool CanRun(DataSetConfiguration dataSet) => PackageOf(dataSet) is not null;

    private ConnectorPackage? PackageOf(DataSetConfiguration dataSet) => connectors.Packages.FirstOrDefault(package => package.Manifest.Id == dataSet.Connector);
}
