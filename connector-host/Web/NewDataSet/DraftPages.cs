using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs.Drafts;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>A draft's panes, one at a time, the others in a line each. What each answers to a post stands in <see cref="DraftPosts"/>.</summary>
internal sealed class DraftPages(SiteRenderer site, DraftStore drafts, ConnectorCatalog connectors, PaneForms panes, DraftSaving saving)
{
    public static IReadOnlyList<(string Key, string Title)> Panes { get; } =
        [("credentials", "Credentials"), ("details", "Details"), ("scheduling", "Scheduling"), ("name", "Name & Describe")];

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DraftPages>();
        server.MapMethods("/drafts/{id}", Pages.Reading, pages.ShowNext);
        server.MapMethods("/drafts/{id}/credentials", Pages.Reading, pages.ShowCredentials);
        server.MapMethods("/drafts/{id}/details", Pages.Reading, (HttpContext context, string id) => pages.ShowDetails(context, id));
        server.MapMethods("/drafts/{id}/scheduling", Pages.Reading, (HttpContext context, string id) => pages.ShowScheduling(context, id));
        server.MapMethods("/drafts/{id}/name", Pages.Reading, (HttpContext context, string id) => pages.ShowName(context, id));
    }

    public static string PathOf(string id, string pane) => $"/drafts/{id}/{pane}";

    /// <summary>The panes as templates show them: one is open, the others lead to a path, or nowhere yet, and are summed up.</summary>
    public static object Steps(string current, Func<string, string> pathOf, Func<string, string> summaryOf) => Panes
        .Select((pane, index) => new { Number = index + 1, pane.Key, pane.Title, Path = pathOf(pane.Key), Summary = summaryOf(pane.Key), IsCurrent = pane.Key == current }).ToList();

    public ConnectorPackage PackageOf(Draft draft) => connectors.Find(draft.Connector);

    public FormScene DetailsScene(Draft draft) => panes.DetailsScene(PackageOf(draft), draft.AccountChoice, $"/drafts/{draft.Id}/details/fields");

    public static FormScene SchedulingScene(string id) => SchedulingForm.Scene($"/drafts/{id}/scheduling/fields");

    public IResult ShowDetails(HttpContext context, Draft draft, FormView form, object? preview = null) => Page(context, draft, "details", "draft-details", new
    {
        draft.Id,
        Form = form,
        Preview = preview,
    }, form.Errors.Count > 0);

    public IResult ShowScheduling(HttpContext context, Draft draft, FormView form, JsonElement filled) => Page(context, draft, "scheduling", "draft-scheduling", new
    {
        draft.Id,
        Form = form,
        Fires = panes.Fires(filled),
        FiresPath = "/drafts/fires",
    }, form.Errors.Count > 0);

    public IResult ShowName(HttpContext context, Draft draft, IReadOnlyList<ErrorLink> errors) => Page(context, draft, "name", "draft-name", new
    {
        draft.Id,
        Name = draft.Name ?? saving.SuggestName(draft),
        draft.Description,
        Tags = string.Join(", ", draft.Tags),
        Errors = errors,
    }, errors.Count > 0);

    private IResult ShowNext(HttpContext context, string id)
    {
        var draft = drafts.Get(id);
        var pane = draft.AccountChoice is null ? "credentials" : draft.Details is null ? "details" : draft.Scheduling is null ? "scheduling" : "name";
        return site.Redirect(context, PathOf(id, pane));
    }

    private IResult ShowCredentials(HttpContext context, string id, string? account)
    {
        var draft = drafts.Get(id);
        return Page(context, draft, "credentials", "draft-credentials", new
        {
            draft.Connector,
            Action = PathOf(id, "credentials"),
            Return = Uri.EscapeDataString(PathOf(id, "credentials")),
            Choices = panes.Choices(PackageOf(draft), account ?? draft.AccountChoice),
        }, hasErrors: false);
    }

    private IResult ShowDetails(HttpContext context, string id)
    {
        var draft = drafts.Get(id);
        return ShowDetails(context, draft, FormPresenter.Open(DetailsScene(draft), draft.Details ?? JsonElementReading.EmptyObject, draft.Details is not null));
    }

    private IResult ShowScheduling(HttpContext context, string id)
    {
        var draft = drafts.Get(id);
        var filled = draft.Scheduling ?? JsonElementReading.EmptyObject;
        return ShowScheduling(context, draft, FormPresenter.Open(SchedulingScene(id), filled, draft.Scheduling is not null), filled);
    }

    private IResult ShowName(HttpContext context, string id) => ShowName(context, drafts.Get(id), []);

    private IResult Page(HttpContext context, Draft draft, string pane, string template, object model, bool hasErrors)
    {
        var package = PackageOf(draft);
        string Summary(string key) => key switch
        {
            "credentials" => panes.AccountSummary(draft.AccountChoice),
            "details" => PaneForms.DetailsSummary(package, draft.Details),
            "scheduling" => panes.SchedulingSummary(draft.Scheduling),
            _ => draft.Name ?? saving.SuggestName(draft),
        };
        return site.Page(context, new PageView("draft", $"New DataSet from {package.Manifest.Name}", new
        {
            draft.Id,
            Panes = Steps(pane, key => PathOf(draft.Id, key), Summary),
            Template = template,
            Model = model,
        })
        {
            Crumbs = [NewDataSetPages.Home, new Crumb("New DataSet", "/new")],
            Section = "home",
            Status = hasErrors ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK,
        });
    }
}
