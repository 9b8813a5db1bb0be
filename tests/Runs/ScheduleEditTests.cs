using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

public sealed class ScheduleEditTests : IAsyncDisposable
{
    private readonly TestPlatform _platform = new() { Settings = new() { ["Schedules:ShortestInterval"] = "00:15:00" } };

    private ScheduleEdit Edit => _platform.Part<ScheduleEdit>();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Theory]
    [InlineData("every 10 minutes", "fires again after 10 minutes, and here no schedule may fire more often than every 15 minutes")]
    [InlineData("0,5 9 * * MON", "fires again after 5 minutes")]
    [InlineData("0 0 30 2 *", "would never fire")]
    public void A_schedule_that_fires_never_or_too_often_is_refused_in_words(string recurrence, string words)
    {
        var dataSet = _platform.AddDataSet("hello");

        var refused = Assert.Throws<PlatformException>(() => Edit.Add(Schedule(dataSet, recurrence), ChangeOrigin.Api));

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Stored(dataSet));
    }

    [Fact]
    public void Every_change_stands_in_the_history_and_makes_a_new_version()
    {
        var dataSet = _platform.AddDataSet("hello");
        var schedule = Schedule(dataSet, "every day at 09:00");

        Assert.Equal(10, Edit.Add(schedule, ChangeOrigin.Page).Count);
        Edit.Replace(schedule with { Recurrence = Recurrence.Parse("every hour") }, ChangeOrigin.Cli);
        Assert.Equal(1, Edit.Pause(dataSet.Id, ChangeOrigin.Api));
        Assert.Equal(1, Edit.Resume(dataSet.Id, ChangeOrigin.Api));
        Edit.SetMaxAge(dataSet.Id, TimeSpan.FromHours(26), ChangeOrigin.Page);
        Edit.Remove(Stored(dataSet)[0], ChangeOrigin.Page);

        var changes = _platform.Part<DataSetChangeStore>().Of(dataSet.Id, 10).Reverse().ToList();
        Assert.Equal(
            [
                "Page Schedule:  → every day at 09:00 (UTC)",
                "Cli Schedule: every day at 09:00 (UTC) → every hour (UTC)",
                "Api Schedule: every hour (UTC) → every hour (UTC), paused",
                "Api Schedule: every hour (UTC), paused → every hour (UTC)",
                "Page Late when older than:  → 26 hours",
                "Page Schedule: every hour (UTC) → ",
            ],
            changes.Select(change => $"{change.Origin} {Assert.Single(change.Fields).Field}: {change.Fields[0].Before} → {change.Fields[0].After}"));
        Assert.Equal(7, _platform.Part<DataSetConfigurationStore>().Get(dataSet.Id).Version);
    }

    [Fact]
    public void A_list_of_schedules_of_which_one_is_wrong_changes_none()
    {
        var dataSet = _platform.AddDataSet("hello");
        Edit.Add(Schedule(dataSet, "every day at 09:00"), ChangeOrigin.Page);

        Assert.Throws<PlatformException>(() => Edit.SetAll(dataSet.Id, [Schedule(dataSet, "every hour"), Schedule(dataSet, "every minute")], ChangeOrigin.Page));

        Assert.Equal("every day at 09:00", Assert.Single(Stored(dataSet)).Recurrence.Text);
    }

    [Fact]
    public void A_schedule_that_is_replaced_makes_up_for_nothing_of_before()
    {
        var dataSet = _platform.AddDataSet("hello");
        var schedule = Schedule(dataSet, "every hour") with { CreatedAt = TimeProvider.System.GetUtcNow().AddDays(-3) };
        Edit.Add(schedule, ChangeOrigin.Page);

        Edit.Replace(schedule with { Recurrence = Recurrence.Parse("every 2 hours") }, ChangeOrigin.Page);

        var stored = Assert.Single(_platform.Part<ScheduleStore>().Of(dataSet.Id));
        Assert.True(stored.AccountedTo > schedule.CreatedAt.AddDays(2));
    }

    private List<Schedule> Stored(DataSetConfiguration dataSet) => [.. _platform.Part<ScheduleStore>().Of(dataSet.Id).Select(stored => stored.Schedule)];

    private static Schedule Schedule(DataSetConfiguration dataSet, string recurrence) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        DataSetId = dataSet.Id,
        Recurrence = Recurrence.Parse(recurrence),
        Zone = TimeZoneInfo.Utc,
        CreatedAt = TimeProvider.System.GetUtcNow(),
    };
}
