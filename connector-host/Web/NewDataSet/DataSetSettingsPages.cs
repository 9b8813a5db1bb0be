using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.DataSets;
using ConnectorPlatform.Host.Web.Forms;
using ConnectorPlatform.Host.Web.People;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.NewDataSet;

/// <summary>The settings tab of a DataSet: its panes, when it runs, who changed what, duplicate and delete.</summary>
internal sealed class DataSetSettingsPages(
    SiteRenderer site, DataSetHeader header, DataSetSettings settings, DataSetChangeStore changes, ScheduleEdit schedules, DataSetDuplication duplication, DataSetRemoval removal)
{
    private const int ChangesShown = 50;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<DataSetSettingsPages>();
        server.MapMethods("/datasets/{id}/settings", Pages.Reading, pages.Show);
        server.MapPost("/datasets/{id}/settings/pause", pages.Pause);
        server.MapPost("/datasets/{id}/settings/resume", pages.Resume);
        server.MapPost("/datasets/{id}/settings/duplicate", pages.DuplicateAsync);
        server.MapMethods("/datasets/{id}/settings/delete", Pages.Reading, pages.AskToDeleteAsync).IsForOwners();
        server.MapPost("/datasets/{id}/settings/delete", pages.Delete).IsForOwners();
    }

    public static string PathOf(string id) => $"/datasets/{id}/settings";

    private IResult Show(HttpContext context, string id) => Page(context, header.Get(id), null, "");

    private IResult Page(HttpContext context, DataSetConfiguration dataSet, string? copyName, string copyError)
    {
        var planned = settings.SchedulesOf(dataSet);
        return site.Page(context, header.Page(dataSet, "settings", "dataset-settings", new
        {
            dataSet.Id,
            dataSet.Description,
            Panes = settings.Lines(dataSet),
            Schedules = planned.Select(schedule => new { schedule.Id, Words = ScheduleWords.Of(schedule) }).ToList(),
            IsPaused = planned.Count > 0 && planned.All(schedule => schedule.IsPaused),
            CopyName = copyName ?? duplication.SuggestName(dataSet.Name),
            CopyError = copyError,
            CopyErrors = copyError.Length == 0 ? [] : new[] { new ErrorLink("copy-name", copyError) },
            Changes = changes.Of(dataSet.Id, ChangesShown).Select(change => new
            {
                change.ChangedAt,
                Who = change.ChangedBy ?? "",
                Origin = change.Origin switch { ChangeOrigin.Page => "On the page", ChangeOrigin.Api => "By the API", _ => "By the command line" },
                Fields = change.Fields.Select(field => new { field.Field, Before = field.Before ?? "nothing", After = field.After ?? "nothing" }).ToList(),
            }).ToList(),
        }, copyError.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest));
    }

    private IResult Pause(HttpContext context, string id)
    {
        schedules.Pause(header.Get(id).Id, ChangeOrigin.Page);
        return site.Redirect(context, PathOf(id), "Its schedules are paused. It runs only when somebody starts it.");
    }

    private IResult Resume(HttpContext context, string id)
    {
        schedules.Resume(header.Get(id).Id, ChangeOrigin.Page);
        return site.Redirect(context, PathOf(id), "Its schedules are resumed. What passed meanwhile is not made up for.");
    }

    private async Task<IResult> DuplicateAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (dataSet, name) = (header.Get(id), form["name"].ToString().Trim());
        try
        {
            var duplicate = duplication.Duplicate(dataSet, name);
            return site.Redirect(context, PathOf(duplicate.Id), $"“{duplicate.Name}” is a duplicate without rows. Its schedules are paused until you resume them.");
        }
        catch (PlatformException exception) when (exception.Fault == PlatformFault.Input)
        {
            return Page(context, dataSet, name, exception.Message);
        }
    }

    private async Task<IResult> AskToDeleteAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var dataSet = header.Get(id);
        var impact = await removal.ImpactAsync(dataSet, cancellationToken).ConfigureAwait(false);
        return site.Page(context, header.Page(dataSet, "settings", "dataset-delete", new { dataSet.Id, dataSet.Name, Obstacle = impact.Obstacle ?? "", impact.Losses }));
    }

    private IResult Delete(HttpContext context, string id)
    {
        var dataSet = header.Get(id);
        removal.Delete(dataSet);
        return site.Redirect(context, "/", $"“{dataSet.Name}” is deleted.");
    }
}
