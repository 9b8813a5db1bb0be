using System.ComponentModel;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.People;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Web.People;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>When DataSets run by themselves.</summary>
internal sealed class ScheduleOperations(
    DataSetConfigurationStore dataSets, ScheduleStore schedules, ScheduleEdit edit, ScheduleCheck check, ScheduleLog log, Freshness freshness, PlatformZone zone, TimeProvider time)
{
    private const string DataSetId = "The DataSet's id or name.";
    private const string ScheduleId = "The schedule's id.";
    private const int Shown = 10;

    /// <summary>Of the log; it keeps a bounded number anyway.</summary>
    private const int MostLines = 10_000;

    private static readonly ScheduleBody Daily = new() { When = "every day at 06:00", Zone = "Europe/Berlin" };

    public static void Map(IEndpointRouteBuilder api)
    {
        var operations = api.ServiceProvider.GetRequiredService<ScheduleOperations>();
        var group = api.MapGroup("").WithTags("Schedules");
        group.MapPost("/schedules/next", operations.Next).Needs(Permission.Read).Is("previewSchedule", "Tell when a schedule would fire", "Changes nothing.").Example(Daily).Fails(StatusCodes.Status404NotFound);
        group.MapGet("/datasets/{dataSet}/schedules", operations.List).Is("listSchedules", "List the schedules of a DataSet").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/datasets/{dataSet}/schedules", operations.Add)
            .Is("addSchedule", "Add a schedule to a DataSet", "It may have several.").Example(Daily).Once().Fails(StatusCodes.Status404NotFound);
        group.MapPut("/datasets/{dataSet}/schedules/{schedule}", operations.Replace)
            .Is("replaceSchedule", "Replace a schedule of a DataSet").Example(Daily).Fails(StatusCodes.Status404NotFound);
        group.MapDelete("/datasets/{dataSet}/schedules/{schedule}", operations.Remove).Is("removeSchedule", "Remove a schedule of a DataSet").Fails(StatusCodes.Status404NotFound);
        group.MapGet("/schedule-log", operations.Log)
            .Is("readScheduleLog", "Read what became of the times of schedules", "Those that ran and those that did not, with the reason. The newest first.")
            .Fails(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        group.MapPut("/datasets/{dataSet}/max-age", operations.SetMaxAge)
            .Is("setMaxAge", "Say how old a DataSet may get").Example(new MaxAgeBody(93_600)).Fails(StatusCodes.Status404NotFound);
        group.MapPost("/datasets/{dataSet}/pause", operations.Pause).Is("pauseDataSet", "Let the schedules of a DataSet fire nothing").Fails(StatusCodes.Status404NotFound);
        group.MapPost("/datasets/{dataSet}/resume", operations.Resume)
            .Is("resumeDataSet", "Let the schedules of a DataSet fire again", "What passed meanwhile is not made up for.").Fails(StatusCodes.Status404NotFound);
    }

    private Ok<NextFiresView> Next(JsonBody<ScheduleBody> body)
    {
        var schedule = Read(body.Value, "", "");
        return TypedResults.Ok(new NextFiresView(WordsOf(schedule), schedule.Zone.Id, [.. check.NextFires(schedule).Select(FireView.Of)]));
    }

    private Ok<SchedulesView> List([Description(DataSetId)] string dataSet) => TypedResults.Ok(ViewOf(dataSets.Get(dataSet).Id));

    private Created<ScheduleView> Add([Description(DataSetId)] string dataSet, JsonBody<ScheduleBody> body)
    {
        var id = dataSets.Get(dataSet).Id;
        var schedule = Read(body.Value, Identifier.New(), id);
        var fires = edit.Add(schedule, ChangeOrigin.Api);
        return TypedResults.Created($"/api/v1/datasets/{id}/schedules", ViewOf(schedule, fires));
    }

    private Ok<ScheduleView> Replace([Description(DataSetId)] string dataSet, [Description(ScheduleId)] string schedule, JsonBody<ScheduleBody> body)
    {
        var stored = Find(dataSets.Get(dataSet), schedule);
        var changed = Read(body.Value, stored.Id, stored.DataSetId) with { IsPaused = stored.IsPaused, CreatedAt = stored.CreatedAt };
        return TypedResults.Ok(ViewOf(changed, edit.Replace(changed, ChangeOrigin.Api)));
    }

    private NoContent Remove([Description(DataSetId)] string dataSet, [Description(ScheduleId)] string schedule)
    {
        edit.Remove(Find(dataSets.Get(dataSet), schedule), ChangeOrigin.Api);
        return TypedResults.NoContent();
    }

    private Ok<ListPage<ScheduleLineView>> Log([AsParameters] PageQuery page, [Description("Only those of this DataSet: its id or name.")] string? dataSet)
    {
        var lines = log.Read(dataSet is null ? null : dataSets.Get(dataSet).Id, MostLines);
        return TypedResults.Ok(page.At([.. lines.Skip(page.Offset).Take(page.Count).Select(ScheduleLineView.Of)], lines.Count));
    }

    private Ok<SchedulesView> SetMaxAge([Description(DataSetId)] string dataSet, JsonBody<MaxAgeBody> body)
    {
        var id = dataSets.Get(dataSet).Id;
        edit.SetMaxAge(id, body.Value.Seconds is { } seconds ? AgeOf(seconds) : null, ChangeOrigin.Api);
        return TypedResults.Ok(ViewOf(id));
    }

    private Ok<SwitchedView> Pause([Description(DataSetId)] string dataSet) => TypedResults.Ok(new SwitchedView(edit.Pause(dataSets.Get(dataSet).Id, ChangeOrigin.Api)));

    private Ok<SwitchedView> Resume([Description(DataSetId)] string dataSet) => TypedResults.Ok(new SwitchedView(edit.Resume(dataSets.Get(dataSet).Id, ChangeOrigin.Api)));

    // The bounds themselves are those of every way; this keeps a number from being beyond what a time span holds.
    private static TimeSpan AgeOf(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(36_500).TotalSeconds));

    private static Schedule Find(DataSetConfiguration dataSet, string id, IEnumerable<Schedule> known) => known.FirstOrDefault(schedule => schedule.Id == id)
        ?? throw new PlatformException(PlatformFault.NotFound, $"The DataSet \"{dataSet.Name}\" has no schedule with the id {id}.");

    private Schedule Find(DataSetConfiguration dataSet, string id) => Find(dataSet, id, schedules.Of(dataSet.Id).Select(stored => stored.Schedule));

    private Schedule Read(ScheduleBody body, string id, string dataSetId)
    {
        var recurrence = Recurrence.Parse(body.When);
        return new Schedule
        {
            Id = id,
            DataSetId = dataSetId,
            Recurrence = recurrence is AfterRecurrence after ? new AfterRecurrence(dataSets.Get(after.DataSet).Id) : recurrence,
            Zone = body.Zone is { } named ? Schedule.ZoneOf(named) : zone.Current,
            Start = body.Start?.ToUniversalTime(),
            End = body.End?.ToUniversalTime(),
            Blackout = [.. (body.Blackout ?? []).Select(DateSpan.Parse)],
            Jitter = TimeSpan.FromSeconds(Math.Clamp(body.JitterSeconds, -1, TimeSpan.FromDays(1).TotalSeconds)),
            Missed = body.Missed,
            MostMissed = body.MostMissed,
            Overlap = body.Overlap,
            CreatedAt = time.GetUtcNow(),
        }.Checked();
    }

    private SchedulesView ViewOf(string dataSetId)
    {
        var now = time.GetUtcNow();
        return new SchedulesView
        {
            Schedules = [.. schedules.Of(dataSetId).Select(stored => ViewOf(stored.Schedule, stored.Schedule.IsPaused ? [] : Preview.Of(stored.Schedule, now, Shown)))],
            MaxAgeSeconds = freshness.MaxAge(dataSetId)?.TotalSeconds,
        };
    }

    private ScheduleView ViewOf(Schedule schedule, IReadOnlyList<Preview> fires) => new()
    {
        Id = schedule.Id,
        When = schedule.Recurrence.Text,
        Words = WordsOf(schedule),
        Zone = schedule.Zone.Id,
        Start = schedule.Start,
        End = schedule.End,
        Blackout = [.. schedule.Blackout.Select(span => span.ToString())],
        JitterSeconds = schedule.Jitter.TotalSeconds,
        Missed = schedule.Missed,
        MostMissed = schedule.MostMissed,
        Overlap = schedule.Overlap,
        IsPaused = schedule.IsPaused,
        Next = schedule.IsPaused ? [] : [.. fires.Select(FireView.Of)],
    };

    private string WordsOf(Schedule schedule) => schedule.Recurrence is AfterRecurrence after
        ? new AfterRecurrence(dataSets.Find(after.DataSet)?.Name ?? $"{after.DataSet} (deleted)").Describe()
        : schedule.Recurrence.Describe();
}
