using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.Home;

/// <summary>A schedule as it is asked for on the page.</summary>
/// <param name="Choice">One of <see cref="BulkSchedule.Choices"/>.</param>
/// <param name="Text">Words or a cron expression, for the choice that takes them.</param>
/// <param name="Zone">An IANA zone.</param>
internal sealed record AskedSchedule(string Choice, string Text, string Zone)
{
    public static AskedSchedule Read(IFormCollection form) => new(form["choice"].ToString(), form["when"].ToString().Trim(), form["zone"].ToString().Trim());
}

/// <summary>Gives several DataSets one and the same schedule, in place of those that they have.</summary>
internal sealed class BulkSchedule(ScheduleEdit edit, ScheduleCheck check, PlatformZone zone, TimeProvider time)
{
    private const string ByHand = "manually";
    private const string Other = "other";

    public static IReadOnlyList<(string Value, string Title)> Choices { get; } =
    [
        ("every hour", "Every hour"),
        ("every day at 06:00", "Every day at 06:00"),
        ("every weekday at 06:00", "Every weekday at 06:00"),
        ("every week on MON at 06:00", "Every Monday at 06:00"),
        (ByHand, "Only by hand: remove the schedules"),
        (Other, "At other times:"),
    ];

    /// <summary>What the page offers first.</summary>
    public AskedSchedule Usual => new(Choices[1].Value, "", zone.Current.Id);

    /// <exception cref="PlatformException">It cannot be read, never fires, or too often.</exception>
    public void Check(AskedSchedule asked, string dataSetId)
    {
        _ = Schedule.ZoneOf(asked.Zone);
        if (asked is { Choice: not Other, Text.Length: > 0 })
        {
            throw new PlatformException(PlatformFault.Input, $"Other times are filled in, and another choice is made: choose \"{Choices[^1].Title.TrimEnd(':')}\", or empty them.");
        }

        foreach (var schedule in SchedulesOf(asked, dataSetId))
        {
            check.NextFires(schedule);
        }
    }

    /// <inheritdoc cref="Check"/>
    public void Set(AskedSchedule asked, string dataSetId) => edit.SetAll(dataSetId, SchedulesOf(asked, dataSetId), ChangeOrigin.Page);

    private List<Schedule> SchedulesOf(AskedSchedule asked, string dataSetId)
    {
        var text = asked.Choice == Other ? asked.Text : asked.Choice;
        return Recurrence.Parse(text) switch
        {
            ManualRecurrence => [],
            AfterRecurrence => throw new PlatformException(PlatformFault.Input, "Several DataSets cannot be made to follow another here: set it on each DataSet's own settings page."),
            var recurrence =>
            [
                new Schedule
                {
                    Id = Identifier.New(),
                    DataSetId = dataSetId,
                    Recurrence = recurrence,
                    Zone = Schedule.ZoneOf(asked.Zone),
                    CreatedAt = time.GetUtcNow(),
                },
            ],
        };
    }
}
