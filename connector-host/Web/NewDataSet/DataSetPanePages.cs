using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>The panes of a DataSet that is there. Each form carries the version that it was opened with, so that nobody overwrites what he has not seen.</summary>
internal sealed class DataSetPanePages(SiteRenderer site, DataSetHeader header, DataSetSettings settings, PaneForms panes, SchedulingForm scheduling)
{
    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetPanePages>();
        foreach (var (pane, _) in DraftPages.Panes)
        {
            server.MapMethods($"/datasets/{{id}}/settings/{pane}", Pages.Reading, (HttpContext context, string id, string? account) => pages.Show(context, id, pane, account));
        }

        server.MapPost("/datasets/{id}/settings/credentials", pages.SaveAccountAsync);
        server.MapPost("/datasets/{id}/settings/details", pages.SaveDetailsAsync);
        server.MapPost("/datasets/{id}/settings/details/fields", pages.DetailsFieldsAsync);
        server.MapPost("/datasets/{id}/settings/scheduling", pages.SaveSchedulingAsync);
        server.MapPost("/datasets/{id}/settings/scheduling/fields", pages.SchedulingFieldsAsync);
        server.MapPost("/datasets/{id}/settings/name", pages.SaveNameAsync);
    }

    private IResult Show(HttpContext context, string id, string pane, string? account)
    {
        var dataSet = header.Get(id);
        return pane switch
        {
            "credentials" => ShowAccount(context, dataSet, account ?? DataSetSettings.ChoiceOf(dataSet), PaneOutcome.Open),
            "details" => ShowForm(context, dataSet, pane, FormPresenter.Open(settings.DetailsScene(dataSet), dataSet.Details, isSaved: true), null, PaneOutcome.Open),
            "scheduling" => ShowForm(
                context, dataSet, pane, FormPresenter.Open(DataSetSettings.SchedulingScene(id), settings.SchedulingOf(dataSet), isSaved: true), settings.SchedulingOf(dataSet), PaneOutcome.Open),
            _ => ShowName(context, dataSet, NameOf(dataSet), PaneOutcome.Open),
        };
    }

    private async Task<IResult> SaveAccountAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await header.ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var account = posted["account"].ToString();
        var outcome = PaneOutcome.Of(() => settings.SaveAccount(dataSet, account));
        return outcome.IsSaved ? Saved(context, id) : ShowAccount(context, header.Get(id), account, outcome);
    }

    private async Task<IResult> SaveDetailsAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await header.ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var scene = settings.DetailsScene(dataSet);
        var post = FormPost.Read(posted, scene);
        var outcome = post.IsSubmit ? PaneOutcome.Of(() => settings.SaveDetails(dataSet, post)) : PaneOutcome.Open;
        return await AnswerAsync(context, header.Get(id), "details", (scene, post, outcome), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IResult> SaveSchedulingAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await header.ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var scene = DataSetSettings.SchedulingScene(id);
        var post = FormPost.Read(posted, scene);
        var outcome = !post.IsSubmit ? PaneOutcome.Open
            : scheduling.ErrorsOf(post.Settled) is { Count: > 0 } errors ? PaneOutcome.Open with { Errors = errors }
            : PaneOutcome.Of(() => settings.SaveScheduling(dataSet, post));
        return await AnswerAsync(context, header.Get(id), "scheduling", (scene, post, outcome), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IResult> SaveNameAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await header.ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var (name, description, tags) = (posted["name"].ToString().Trim(), posted["description"].ToString(), posted["tags"].ToString());
        var outcome = PaneOutcome.Of(() => settings.SaveName(dataSet, name, DataSetLabels.Of(description, DataSetLabels.SplitTags(tags))));
        return outcome.IsSaved ? Saved(context, id) : ShowName(context, header.Get(id), (name, description, tags), outcome);
    }

    private async Task<IResult> DetailsFieldsAsync(HttpContext context, string id, CancellationToken cancellationToken) =>
        await FieldsAsync(context, settings.DetailsScene(header.Get(id)), cancellationToken).ConfigureAwait(false);

    private async Task<IResult> SchedulingFieldsAsync(HttpContext context, string id, CancellationToken cancellationToken) =>
        await FieldsAsync(context, DataSetSettings.SchedulingScene(id), cancellationToken).ConfigureAwait(false);

    private async Task<IResult> FieldsAsync(HttpContext context, FormScene scene, CancellationToken cancellationToken)
    {
        var post = await FormPost.ReadAsync(context.Request, scene, cancellationToken).ConfigureAwait(false);
        var view = await FormPresenter.AfterAsync(scene, post, [], cancellationToken).ConfigureAwait(false);
        return site.Part(context, view.Fragment.Template, view.Fragment.Model);
    }

    private async Task<IResult> AnswerAsync(
        HttpContext context, DataSetConfiguration dataSet, string pane, (FormScene Scene, FormPost Post, PaneOutcome Outcome) result, CancellationToken cancellationToken)
    {
        if (result.Outcome.IsSaved)
        {
            return Saved(context, dataSet.Id);
        }

        var view = await FormPresenter.AfterAsync(result.Scene, result.Post, result.Outcome.Errors, cancellationToken).ConfigureAwait(false);
        var stored = pane == "details" ? dataSet.Details : settings.SchedulingOf(dataSet);
        return ShowForm(
            context,
            dataSet,
            pane,
            view with { Errors = [.. result.Outcome.Links, .. view.Errors] },
            pane == "scheduling" ? result.Post.Settled.Data : null,
            result.Outcome with { Differences = result.Outcome.IsConflict ? PaneConflict.Between(result.Scene.Form, stored, result.Post.Settled.Data) : [] });
    }

    private IResult Saved(HttpContext context, string id) => site.Redirect(context, DataSetSettingsPages.PathOf(id), "The changes are saved; they hold from the next run on.");

    private IResult ShowForm(HttpContext context, DataSetConfiguration dataSet, string pane, FormView form, JsonElement? filled, PaneOutcome outcome) => Page(context, dataSet, "dataset-pane", new
    {
        dataSet.Id,
        dataSet.Version,
        Action = $"/datasets/{dataSet.Id}/settings/{pane}",
        Title = pane == "details" ? "Details" : "Scheduling",
        Form = form,
        Fires = filled is { } data ? panes.Fires(data) : null,
        Others = pane == "scheduling" ? settings.SchedulesOf(dataSet).Skip(1).Select(schedule => new { schedule.Id, Words = ScheduleWords.Of(schedule) }).ToList() : [],
        RemovePath = "",
        outcome.Conflict,
    }, outcome.StatusWith(form.Errors.Count));

    private IResult ShowAccount(HttpContext context, DataSetConfiguration dataSet, string chosen, PaneOutcome outcome) => Page(context, dataSet, "dataset-account", new
    {
        dataSet.Id,
        dataSet.Version,
        Action = $"/datasets/{dataSet.Id}/settings/credentials",
        dataSet.Connector,
        Return = Uri.EscapeDataString($"/datasets/{dataSet.Id}/settings/credentials"),
        Choices = panes.Choices(settings.PackageOf(dataSet), chosen),
        Errors = outcome.Links,
        Conflict = outcome.IsConflict
            ? (outcome with { Differences = PaneConflict.Differing([new("Account", panes.AccountSummary(DataSetSettings.ChoiceOf(dataSet)), panes.AccountSummary(chosen))]) }).Conflict
            : null,
    }, outcome.StatusWith(outcome.Links.Count));

    private IResult ShowName(HttpContext context, DataSetConfiguration dataSet, (string Name, string Description, string Tags) typed, PaneOutcome outcome)
    {
        var stored = NameOf(dataSet);
        return Page(context, dataSet, "dataset-name", new
        {
            dataSet.Id,
            dataSet.Version,
            Action = $"/datasets/{dataSet.Id}/settings/name",
            typed.Name,
            typed.Description,
            typed.Tags,
            Errors = outcome.Links,
            (outcome with
            {
                Differences = PaneConflict.Differing(
                [
                    new("Name", stored.Name, typed.Name),
                    new("Description", PaneConflict.Text(stored.Description), PaneConflict.Text(typed.Description)),
                    new("Tags", PaneConflict.Text(stored.Tags), PaneConflict.Text(typed.Tags)),
                ]),
            }).Conflict,
        }, outcome.StatusWith(outcome.Links.Count));
    }

    private static (string Name, string Description, string Tags) NameOf(DataSetConfiguration dataSet) => (dataSet.Name, dataSet.Description, string.Join(", ", dataSet.Tags));

    private IResult Page(HttpContext context, DataSetConfiguration dataSet, string template, object model, int status) =>
        site.Page(context, header.Page(dataSet, "settings", template, model, status));
}
