using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Runs;
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
            "credentials" => ShowAccount(context, dataSet, account ?? DataSetSettings.ChoiceOf(dataSet), []),
            "details" => ShowForm(context, dataSet, pane, FormPresenter.Open(settings.DetailsScene(dataSet), dataSet.Details, isSaved: true), null),
            "scheduling" => ShowForm(context, dataSet, pane, FormPresenter.Open(DataSetSettings.SchedulingScene(id), settings.SchedulingOf(dataSet), isSaved: true), settings.SchedulingOf(dataSet)),
            _ => ShowName(context, dataSet, (dataSet.Name, dataSet.Description, string.Join(", ", dataSet.Tags)), []),
        };
    }

    private async Task<IResult> SaveAccountAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var account = posted["account"].ToString();
        return Try(() => settings.SaveAccount(dataSet, account)) is { } error ? ShowAccount(context, dataSet, account, [error]) : Saved(context, id);
    }

    private async Task<IResult> SaveDetailsAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var scene = settings.DetailsScene(dataSet);
        var post = FormPost.Read(posted, scene);
        IReadOnlyList<FormError> errors = [];
        ErrorLink? other = null;
        try
        {
            other = post.IsSubmit ? Try(() => settings.SaveDetails(dataSet, post)) : null;
        }
        catch (InvalidFormException exception)
        {
            errors = exception.Errors;
        }

        return await AnswerAsync(context, dataSet, "details", (scene, post, errors, other), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IResult> SaveSchedulingAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var scene = DataSetSettings.SchedulingScene(id);
        var post = FormPost.Read(posted, scene);
        var errors = post.IsSubmit ? scheduling.ErrorsOf(post.Settled) : [];
        var other = post.IsSubmit && errors.Count == 0 ? Try(() => settings.SaveScheduling(dataSet, post)) : null;
        return await AnswerAsync(context, dataSet, "scheduling", (scene, post, errors, other), cancellationToken).ConfigureAwait(false);
    }

    private async Task<IResult> SaveNameAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var (name, description, tags) = (posted["name"].ToString().Trim(), posted["description"].ToString(), posted["tags"].ToString());
        return Try(() => settings.SaveName(dataSet, name, DataSetLabels.Of(description, DataSetLabels.SplitTags(tags)))) is { } error
            ? ShowName(context, dataSet, (name, description, tags), [error])
            : Saved(context, id);
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

    /// <summary>The DataSet in the version that the form was opened with.</summary>
    private async Task<(DataSetConfiguration DataSet, IFormCollection Posted)> ReadAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var posted = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var dataSet = header.Get(id);
        return (dataSet with { Version = long.TryParse(posted["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0 }, posted);
    }

    private async Task<IResult> AnswerAsync(
        HttpContext context, DataSetConfiguration dataSet, string pane, (FormScene Scene, FormPost Post, IReadOnlyList<FormError> Errors, ErrorLink? Other) result, CancellationToken cancellationToken)
    {
        if (result.Post.IsSubmit && result.Errors.Count == 0 && result.Other is null)
        {
            return Saved(context, dataSet.Id);
        }

        var view = await FormPresenter.AfterAsync(result.Scene, result.Post, result.Errors, cancellationToken).ConfigureAwait(false);
        return ShowForm(
            context, dataSet, pane, result.Other is { } other ? view with { Errors = [other, .. view.Errors] } : view, pane == "scheduling" ? result.Post.Settled.Data : null);
    }

    private static ErrorLink? Try(Action save)
    {
        try
        {
            save();
            return null;
        }
        catch (PlatformException exception) when (exception.Fault is PlatformFault.Input or PlatformFault.Conflict)
        {
            return new ErrorLink("", exception.Message);
        }
    }

    private IResult Saved(HttpContext context, string id) => site.Redirect(context, DataSetSettingsPages.PathOf(id), "The changes are saved; they hold from the next run on.");

    private IResult ShowForm(HttpContext context, DataSetConfiguration dataSet, string pane, FormView form, JsonElement? filled) => Page(context, dataSet, "dataset-pane", new
    {
        dataSet.Id,
        dataSet.Version,
        Pane = pane,
        Title = pane == "details" ? "Details" : "Scheduling",
        Form = form,
        Fires = filled is { } data ? panes.Fires(data) : null,
        Others = pane == "scheduling" ? settings.SchedulesOf(dataSet).Skip(1).Select(ScheduleWords.Of).ToList() : [],
    }, form.Errors.Count > 0);

    private IResult ShowAccount(HttpContext context, DataSetConfiguration dataSet, string chosen, IReadOnlyList<ErrorLink> errors) => Page(context, dataSet, "dataset-account", new
    {
        dataSet.Id,
        dataSet.Version,
        dataSet.Connector,
        Return = Uri.EscapeDataString($"/datasets/{dataSet.Id}/settings/credentials"),
        Choices = panes.Choices(settings.PackageOf(dataSet), chosen),
        Errors = errors,
    }, errors.Count > 0);

    private IResult ShowName(HttpContext context, DataSetConfiguration dataSet, (string Name, string Description, string Tags) typed, IReadOnlyList<ErrorLink> errors) =>
        Page(context, dataSet, "dataset-name", new { dataSet.Id, dataSet.Version, typed.Name, typed.Description, typed.Tags, Errors = errors }, errors.Count > 0);

    private IResult Page(HttpContext context, DataSetConfiguration dataSet, string template, object model, bool hasErrors) =>
        site.Page(context, header.Page(dataSet, "settings", template, model, hasErrors ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK));
}
