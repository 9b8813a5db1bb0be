using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Packages;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Connectors;

/// <summary>The connectors: a gallery by category, and what could not be used of what lies in the connectors' folders, with the reasons.</summary>
internal sealed class ConnectorPages(SiteRenderer site, ConnectorCatalog catalog, InstalledConnectors installed, DataSetListing listing)
{
    private const string Svg = "image/svg+xml";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<ConnectorPages>();
        server.MapMethods("/connectors", Pages.Reading, pages.Show);
        server.MapMethods("/connectors/{id}/icon", Pages.Reading, pages.Icon);
        ConnectorPage.Map(server);
    }

    private IResult Show(HttpContext context)
    {
        var (search, category) = (context.Request.Query["q"].ToString().Trim(), context.Request.Query["category"].ToString());
        var all = catalog.Packages.DistinctBy(package => package.Manifest.Id).Select(package => package.Manifest).ToList();
        var dataSets = listing.Connectors().ToDictionary(choice => choice.Value, choice => choice.Count);
        var found = all.Where(manifest => (category.Length == 0 || manifest.Category == category) && Matches(manifest, search))
            .GroupBy(manifest => manifest.Category).OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(group => new
            {
                Title = group.Key,
                Connectors = group.OrderBy(manifest => manifest.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(manifest => new { Card = ConnectorCard.Of(manifest), DataSets = dataSets.GetValueOrDefault(manifest.Id) is > 0 and var count ? Words.Count(count, "DataSet") : "" }).ToList(),
            }).ToList();
        var list = new { Groups = found, IsFiltered = search.Length > 0 || category.Length > 0 };
        context.Response.Headers.Vary = "HX-Request";
        return context.Request.Headers.ContainsKey("HX-Request")
            ? site.Part(context, "connectors-list", list)
            : site.Page(context, new PageView("connectors", "Connectors", new
            {
                Search = search,
                Categories = all.Select(manifest => manifest.Category).Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)
                    .Select(name => new { Name = name, IsChosen = name == category }).ToList(),
                List = list,
                Unusable = Unusable(all),
                Broken = catalog.Broken.Select(Broken).ToList(),
            })
            {
                Section = "connectors",
            });
    }

    /// <summary>The icon as the package has it: an image for pages, and nothing that could act when it is opened by itself.</summary>
    private IResult Icon(HttpContext context, string id)
    {
        var package = catalog.Packages.FirstOrDefault(package => package.Manifest.Id == id);
        if (package?.Manifest.Icon is not { } icon || Path.Combine(package.Folder, icon) is var file && !File.Exists(file))
        {
            return Results.NotFound();
        }

        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return Results.File(file, Svg);
    }

    /// <summary>A package that cannot be used, as templates show it.</summary>
    public static object Broken(BrokenPackage package) => new
    {
        Title = $"{package.Id ?? "A folder"}{(package.Version is { } version ? $" {version}" : "")}",
        package.Folder,
        Problems = package.Problems.Select(problem => new
        {
            Place = $"{problem.File}{(problem.Pointer.Length > 0 ? " " + problem.Pointer : "")}",
            problem.Message,
        }).ToList(),
    };

    // Installed, and no version of it can be used now: it waits for approval, or is disabled.
    private List<object> Unusable(List<ConnectorManifest> usable) =>
    [
        .. installed.Locked.Connectors.Where(connector => usable.TrueForAll(manifest => manifest.Id != connector.Id))
            .Select(connector => (object)new
            {
                connector.Id,
                State = connector.IsDisabled ? "Disabled" : connector.Active is null ? "Waits for approval" : "Cannot be used",
            }),
    ];

    private static bool Matches(ConnectorManifest manifest, string search) =>
        search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).All(word =>
            $"{manifest.Name}\n{manifest.Id}\n{manifest.Description}\n{manifest.Category}".Contains(word, StringComparison.OrdinalIgnoreCase));
}
