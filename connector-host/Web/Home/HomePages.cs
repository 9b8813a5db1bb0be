using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Listing;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>The Data Center: all DataSets, found, ordered and chosen; and what leads a newcomer to the first.</summary>
internal sealed class HomePages(SiteRenderer site, DataSetListing listing, ConnectorCatalog catalog, SampleDataSets samples, RunRequests runs)
{
    private readonly HomeView _view = new(catalog);

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<HomePages>();
        server.MapMethods("/", Pages.Reading, pages.Show);
        server.MapPost("/samples", pages.AddSamplesAsync);
    }

    private IResult Show(HttpContext context)
    {
        var query = HomeAddress.Read(context.Request.Query);
        var found = listing.Read(query);
        if (found.All == 0)
        {
            return site.Page(context, new PageView("home-empty", "Data Center", new { Samples = SampleChoices() }) { Section = "home" });
        }

        if (found.DataSets.Count == 0 && found.Found > 0)
        {
            // The page has gone, such as after its last DataSets were deleted.
            query = query with { Skip = (found.Found - 1) / query.Take * query.Take };
            found = listing.Read(query);
        }

        var list = _view.Of(query, found);
        context.Response.Headers.Vary = "HX-Request";
        return context.Request.Headers.ContainsKey("HX-Request")
            ? site.Part(context, "home-list", list)
            : site.Page(context, new PageView("home", "Data Center", new
            {
                query.Search,
                Connectors = Choices(listing.Connectors(), query.Connector, NameOf),
                Tags = Choices(listing.Tags(), query.Tag, tag => tag),
                Hidden = HomeAddress.OrderParts(query).Append(("view", query.View == ListingView.All ? "" : query.View.ToString().ToLowerInvariant()))
                    .Where(part => part.Item2.Length > 0).Select(part => new { Name = part.Item1, Value = part.Item2 }).ToList(),
                List = list,
            })
            {
                Section = "home",
                HasOwnHeading = true,
            });
    }

    private async Task<IResult> AddSamplesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var package = catalog.Find(form["connector"].ToString());
        var added = samples.AddFor(package);
        var outcome = new BulkOutcome();
        foreach (var dataSet in added)
        {
            await outcome.DoAsync(() => runs.StartAsync(dataSet)).ConfigureAwait(false);
        }

        return site.Redirect(context, "/", $"{Words.Count(added.Count, "DataSet")} of {package.Manifest.Name}'s sample data. {outcome.Tell("run", "started")}");
    }

    private List<object> SampleChoices() =>
    [
        .. catalog.Packages.DistinctBy(package => package.Manifest.Id)
            .Select(package => (package.Manifest, Examples: SampleDataSets.ExamplesOf(package).Count))
            .Where(choice => choice.Examples > 0)
            .OrderByDescending(choice => choice.Examples)
            .Select(choice => (object)new { choice.Manifest.Id, choice.Manifest.Name, DataSets = Words.Count(choice.Examples, "DataSet") }),
    ];

    // What is chosen stays to be seen, also when no DataSet has it any more.
    private static List<object> Choices(IReadOnlyList<ListingChoice> choices, string? chosen, Func<string, string> title) =>
    [
        .. choices.Concat(chosen is null || choices.Any(choice => IsSame(choice.Value, chosen)) ? [] : [new ListingChoice(chosen, 0)])
            .Select(choice => (object)new { choice.Value, Title = $"{title(choice.Value)} ({Words.Count(choice.Count)})", IsChosen = IsSame(choice.Value, chosen) }),
    ];

    private static bool IsSame(string one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private string NameOf(string connector) => catalog.Packages.FirstOrDefault(package => package.Manifest.Id == connector)?.Manifest.Name ?? connector;
}
