using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>Each schedule of a DataSet on a page of its own, and one for another.</summary>
internal sealed class DataSetSchedulePages(SiteRenderer site, DataSetHeader header, DataSetSettings settings, PaneForms panes, SchedulingForm scheduling)
{
    private const string New = "new";

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetSchedulePages>();
        const string Path = "/datasets/{id}/settings/schedules/{schedule}";
        server.MapMethods(Path, Pages.Reading, pages.Show);
        server.MapPost(Path, pages.SaveAsync);
        server.MapPost($"{Path}/fields", FieldsAsync);
        server.MapPost($"{Path}/remove", pages.Remove);
        async Task<IResult> FieldsAsync(HttpContext context, string id, string schedule, CancellationToken cancellationToken)
        {
            var post = await FormPost.ReadAsync(context.Request, Scene(id, schedule), cancellationToken).ConfigureAwait(false);
            var view = await FormPresenter.AfterAsync(Scene(id, schedule), post, [], cancellationToken).ConfigureAwait(false);
            return pages.Fragment(context, view.Fragment);
        }
    }

    private IResult Fragment(HttpContext context, FormFragment fragment) => site.Part(context, fragment.Template, fragment.Model);

    private IResult Show(HttpContext context, string id, string schedule)
    {
        var dataSet = header.Get(id);
        var stored = Find(dataSet, schedule);
        var data = stored is null ? JsonElementReading.EmptyObject : SchedulingForm.Write(stored);
        return Page(context, dataSet, schedule, (FormPresenter.Open(Scene(id, schedule), data, isSaved: stored is not null), ScheduleForm.Form.Settle(data).Data), PaneOutcome.Open);
    }

    private async Task<IResult> SaveAsync(HttpContext context, string id, string schedule, CancellationToken cancellationToken)
    {
        var (dataSet, posted) = await header.ReadAsync(context, id, cancellationToken).ConfigureAwait(false);
        var stored = Find(dataSet, schedule);
        var scene = Scene(id, schedule);
        var post = FormPost.Read(posted, scene);
        var outcome = !post.IsSubmit ? PaneOutcome.Open
            : scheduling.ErrorsOf(scene.Form, post.Settled) is { Count: > 0 } errors ? PaneOutcome.Open with { Errors = errors }
            : PaneOutcome.Of(() => settings.SaveSchedule(dataSet, stored, post));
        if (outcome.IsSaved)
        {
            return site.Redirect(context, DataSetSettingsPages.PathOf(id), stored is null ? "The schedule is added." : "The schedule is changed.");
        }

        var view = await FormPresenter.AfterAsync(scene, post, outcome.Errors, cancellationToken).ConfigureAwait(false);
        var differences = outcome.IsConflict && stored is not null ? PaneConflict.Between(scene.Form, SchedulingForm.Write(stored), post.Settled.Data) : [];
        return Page(
            context, header.Get(id), schedule, (view with { Errors = [.. outcome.Links, .. view.Errors] }, post.Settled.Data), outcome with { Differences = differences });
    }

    private IResult Remove(HttpContext context, string id, string schedule)
    {
        var dataSet = header.Get(id);
        settings.RemoveSchedule(settings.ScheduleOf(dataSet, schedule));
        return site.Redirect(context, DataSetSettingsPages.PathOf(id), "The schedule is removed.");
    }

    private Schedule? Find(DataSetConfiguration dataSet, string schedule) => schedule == New ? null : settings.ScheduleOf(dataSet, schedule);

    private static string PathOf(string id, string schedule) => $"/datasets/{id}/settings/schedules/{schedule}";

    private static FormScene Scene(string id, string schedule) => ScheduleForm.Scene($"{PathOf(id, schedule)}/fields");

    private IResult Page(HttpContext context, DataSetConfiguration dataSet, string schedule, (FormView Form, JsonElement Filled) shown, PaneOutcome outcome) =>
        site.Page(context, header.Page(dataSet, "settings", "dataset-pane", new
        {
            dataSet.Id,
            dataSet.Version,
            Action = PathOf(dataSet.Id, schedule),
            Title = schedule == New ? "Another schedule" : "Schedule",
            shown.Form,
            Fires = panes.Fires(shown.Filled),
            Others = Array.Empty<object>(),
            RemovePath = schedule == New ? "" : $"{PathOf(dataSet.Id, schedule)}/remove",
            outcome.Conflict,
        }, outcome.StatusWith(shown.Form.Errors.Count)));
}
