using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.Site;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>What is done to several DataSets at once: run, pause and resume at a click; tag, schedule and delete after a page that asks.</summary>
internal sealed class BulkPages(
    SiteRenderer site,
    BulkChoices choices,
    ScheduleStore schedules,
    ScheduleEdit scheduleEdit,
    DataSetEdit edit,
    DataSetRemoval removal,
    RunRequests runs,
    BulkSchedule bulkSchedule)
{
    public const string DeletePath = "/bulk/delete";

    private const ChangeOrigin Origin = ChangeOrigin.Page;

    public static void Map(IEndpointRouteBuilder server)
    {
        var pages = server.ServiceProvider.GetRequiredService<BulkPages>();
        server.MapPost("/bulk", pages.ActAsync);
        server.MapMethods("/bulk/tag", Pages.Reading, pages.AskTags);
        server.MapPost("/bulk/tag", pages.TagAsync);
        server.MapMethods("/bulk/schedule", Pages.Reading, pages.AskSchedule);
        server.MapPost("/bulk/schedule", pages.ScheduleAsync);
        server.MapMethods(DeletePath, Pages.Reading, pages.AskDeleteAsync);
        server.MapPost(DeletePath, pages.DeleteAsync);
    }

    private async Task<IResult> ActAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var choice = choices.Of(context, form);
        return form["action"].ToString() switch
        {
            "run" => await RunAsync(context, choice).ConfigureAwait(false),
            "pause" => Switch(context, choice, isPaused: true),
            "resume" => Switch(context, choice, isPaused: false),
            "tag" or "schedule" or "delete" => site.Redirect(context, choice.AddressOf(form["action"].ToString())),
            _ => throw new PlatformException(PlatformFault.Input, "There is no such thing to do with DataSets."),
        };
    }

    private async Task<IResult> RunAsync(HttpContext context, BulkChoice choice)
    {
        var outcome = new BulkOutcome();
        foreach (var dataSet in choice.DataSets)
        {
            await outcome.DoAsync(() => runs.StartAsync(dataSet)).ConfigureAwait(false);
        }

        return site.Redirect(context, choice.Return, outcome.Tell("run", "started"));
    }

    private IResult Switch(HttpContext context, BulkChoice choice, bool isPaused)
    {
        var (outcome, without) = (new BulkOutcome(), 0);
        foreach (var dataSet in choice.DataSets)
        {
            if (schedules.Of(dataSet.Id).Count == 0)
            {
                without++;
                continue;
            }

            outcome.Do(() => _ = isPaused ? scheduleEdit.Pause(dataSet.Id, Origin) : scheduleEdit.Resume(dataSet.Id, Origin));
        }

        var told = outcome.Tell("DataSet", isPaused ? "paused" : "resumed");
        return site.Redirect(context, choice.Return, without == 0 ? told : $"{told} {Words.Count(without, "DataSet")} without a schedule {(without == 1 ? "stays" : "stay")} as {(without == 1 ? "it is" : "they are")}.");
    }

    private IResult AskTags(HttpContext context) => TagPage(context, choices.Of(context, context.Request.Query), "", [], null);

    private async Task<IResult> TagAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var choice = choices.Of(context, form);
        var added = DataSetLabels.SplitTags(form["add"].ToString()).ToList();
        var removed = form["remove"].OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (added.Count == 0 && removed.Count == 0)
        {
            return TagPage(context, choice, "", removed, "Write a tag to add, or choose one to remove.");
        }

        List<(DataSetConfiguration DataSet, DataSetLabels Labels)> changes;
        try
        {
            changes = [.. choice.DataSets.Select(dataSet => (dataSet, DataSetLabels.Of(dataSet.Description, dataSet.Tags.Where(tag => !removed.Contains(tag)).Concat(added))))];
        }
        catch (PlatformException exception)
        {
            return TagPage(context, choice, form["add"].ToString(), removed, exception.Message);
        }

        var outcome = new BulkOutcome();
        foreach (var (dataSet, labels) in changes)
        {
            outcome.Do(() => edit.Save(dataSet with { Tags = labels.Tags }, Origin));
        }

        return site.Redirect(context, choice.Return, outcome.Tell("DataSet", "tagged"));
    }

    private IResult TagPage(HttpContext context, BulkChoice choice, string added, HashSet<string> removed, string? error) =>
        Page(context, "bulk-tag", $"Tag {Words.Count(choice.DataSets.Count, "DataSet")}", error, new
        {
            Choice = Model(choice),
            Added = added,
            Tags = choice.DataSets.SelectMany(dataSet => dataSet.Tags).CountBy(tag => tag, StringComparer.OrdinalIgnoreCase).OrderBy(tag => tag.Key, StringComparer.OrdinalIgnoreCase)
                .Select(tag => new { Title = tag.Key, Count = Words.Count(tag.Value, "DataSet"), IsRemoved = removed.Contains(tag.Key) }).ToList(),
            Errors = Errors(error, "add"),
        });

    private IResult AskSchedule(HttpContext context) => SchedulePage(context, choices.Of(context, context.Request.Query), bulkSchedule.Usual, null);

    private async Task<IResult> ScheduleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var form = await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false);
        var (choice, asked) = (choices.Of(context, form), AskedSchedule.Read(form));
        try
        {
            bulkSchedule.Check(asked, choice.DataSets[0].Id);
        }
        catch (PlatformException exception)
        {
            return SchedulePage(context, choice, asked, exception.Message);
        }

        var outcome = new BulkOutcome();
        foreach (var dataSet in choice.DataSets)
        {
            outcome.Do(() => bulkSchedule.Set(asked, dataSet.Id));
        }

        return site.Redirect(context, choice.Return, outcome.Tell("schedule", "changed"));
    }

    private IResult SchedulePage(HttpContext context, BulkChoice choice, AskedSchedule asked, string? error) =>
        Page(context, "bulk-schedule", $"Change the schedule of {Words.Count(choice.DataSets.Count, "DataSet")}", error, new
        {
            Choice = Model(choice),
            Asked = asked,
            Usual = BulkSchedule.Choices.Select(usual => new { usual.Value, usual.Title, IsChosen = usual.Value == asked.Choice }).ToList(),
            Zones = PlatformZone.Names,
            Lost = choice.DataSets.SelectMany(dataSet => schedules.Of(dataSet.Id).Select(stored => $"{dataSet.Name}: {ScheduleWords.Of(stored.Schedule)}")).ToList(),
            Errors = Errors(error, TimeZoneInfo.TryFindSystemTimeZoneById(asked.Zone, out _) ? "when" : "zone"),
        });

    private async Task<IResult> AskDeleteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var choice = choices.Of(context, context.Request.Query);
        List<object> impacts = [];
        foreach (var dataSet in choice.DataSets)
        {
            var impact = await removal.ImpactAsync(dataSet, cancellationToken).ConfigureAwait(false);
            impacts.Add(new { dataSet.Id, dataSet.Name, Obstacle = impact.Obstacle ?? "", impact.Losses });
        }

        return Page(context, "bulk-delete", $"Delete {Words.Count(choice.DataSets.Count, "DataSet")}?", null, new { Choice = Model(choice), Impacts = impacts });
    }

    private async Task<IResult> DeleteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var choice = choices.Of(context, await context.Request.ReadFormAsync(cancellationToken).ConfigureAwait(false));
        var outcome = new BulkOutcome();
        foreach (var dataSet in choice.DataSets)
        {
            outcome.Do(() => removal.Delete(dataSet));
        }

        return site.Redirect(context, choice.Return, outcome.Tell("DataSet", "deleted"));
    }

    private static object Model(BulkChoice choice) => new { DataSets = choice.DataSets.Select(dataSet => new { dataSet.Id, dataSet.Name }).ToList(), choice.Return };

    private static List<object> Errors(string? error, string target) => error is null ? [] : [new { Target = target, Message = error }];

    private IResult Page(HttpContext context, string template, string title, string? error, object model) => site.Page(context, new PageView(template, title, model)
    {
        Section = "home",
        Crumbs = [new Crumb("Data Center", "/")],
        Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
    });
}
