using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Web.Connectors;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>
/// The beginning of a new DataSet: the connector, and with <c>/new?connector=ID</c> its account, after which there is a draft. The accounts' pages lead back
/// here with the account that was added.
/// </summary>
internal sealed class NewDataSetPages(SiteRenderer site, ConnectorCatalog connectors, DraftStore drafts, PaneForms panes)
{
    private const int DraftsShown = 5;

    public static Crumb Home { get; } = new("Data Center", "/");

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<NewDataSetPages>();
        server.MapMethods("/new", Pages.Reading, pages.Show);
        server.MapPost("/new", pages.BeginAsync);
    }

    private IResult Show(HttpContext context, string? connector, string? account) =>
        connector is null ? ChooseConnector(context) : ChooseAccount(context, connectors.Find(connector), account);

    private IResult ChooseConnector(HttpContext context)
    {
        var choices = ConnectorCard.All(connectors);
        return site.Page(context, new PageView("new-dataset", "New DataSet", new
        {
            Connectors = choices,
            Drafts = drafts.Last(DraftsShown).Select(draft => new
            {
                draft.Id,
                Name = draft.Name ?? choices.FirstOrDefault(card => card.Id == draft.Connector)?.Name ?? draft.Connector,
                draft.UpdatedAt,
            }).ToList(),
        })
        {
            Crumbs = [Home],
            Section = "home",
        });
    }

    private IResult ChooseAccount(HttpContext context, ConnectorPackage package, string? account) =>
        site.Page(context, new PageView("draft", $"New DataSet from {package.Manifest.Name}", new
        {
            Id = "",
            Panes = DraftPages.Steps("credentials", _ => "", _ => ""),
            Template = "draft-credentials",
            Model = new
            {
                Connector = package.Manifest.Id,
                Action = "/new",
                Return = Uri.EscapeDataString($"/new?connector={package.Manifest.Id}"),
                Choices = panes.Choices(package, account),
            },
        })
        {
            Crumbs = [Home, new Crumb("New DataSet", "/new")],
            Section = "home",
        });

    private async Task<IResult> BeginAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var package = connectors.Find(form["connector"].ToString());
        var account = form["account"].ToString();
        _ = panes.AccountOf(account);
        return site.Redirect(context, $"/drafts/{drafts.Begin(package.Manifest.Id, account.Length == 0 ? null : account).Id}/details");
    }
}
