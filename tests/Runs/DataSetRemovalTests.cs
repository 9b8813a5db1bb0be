using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

public sealed class DataSetRemovalTests : IAsyncDisposable
{
    private readonly TestPlatform _platform = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task What_goes_is_said_before_and_gone_after()
    {
        var (dataSet, follower) = (_platform.AddDataSet("hello"), _platform.AddDataSet("hello"));
        await _platform.RunAsync(dataSet);
        Add(dataSet, "every day at 09:00");
        Add(follower, $"after {dataSet.Id}");
        var removal = _platform.Part<DataSetRemoval>();

        var impact = await removal.ImpactAsync(dataSet, Cancellation);
        removal.Delete(dataSet);

        Assert.Null(impact.Obstacle);
        Assert.Equal(
            [
                "Its 250 rows go, and the history of its runs.",
                "Its schedule goes: every day at 09:00 (UTC).",
                $"\"{follower.Name}\" run after it, and will not run by that schedule any more.",
            ],
            impact.Losses);
        Assert.Null(_platform.Part<DataSetConfigurationStore>().Find(dataSet.Id));
        Assert.Empty(_platform.Part<ScheduleStore>().Of(dataSet.Id));
        Assert.False(File.Exists(_platform.Part<DataSetFiles>().PathOf(dataSet.Id)));
    }

    [Fact]
    public async Task A_DataSet_that_runs_is_not_deleted()
    {
        var dataSet = _platform.AddDataSet("hello");
        _platform.Part<RunStore>().Add(_platform.Part<RunEngine>().Begin(dataSet, RunTrigger.Manual, "1.0.0"));
        var removal = _platform.Part<DataSetRemoval>();

        var refused = Assert.Throws<PlatformException>(() => removal.Delete(dataSet));

        Assert.Equal(refused.Message, (await removal.ImpactAsync(dataSet, Cancellation)).Obstacle);
        Assert.Equal(PlatformFault.Busy, refused.Fault);
        Assert.NotNull(_platform.Part<DataSetConfigurationStore>().Find(dataSet.Id));
    }

    [Fact]
    public void A_duplicate_has_everything_but_the_rows_and_waits_to_be_resumed()
    {
        var dataSet = _platform.AddDataSet("hello", UpdateMethod.Append, rules: new DataSetRules { UndoRuns = 3 });
        Add(dataSet, "every day at 09:00");
        Add(dataSet, "every hour");
        _platform.Part<Freshness>().Set(dataSet.Id, TimeSpan.FromHours(30));
        var duplication = _platform.Part<DataSetDuplication>();

        var first = duplication.Duplicate(dataSet, duplication.SuggestName(dataSet.Name));

        Assert.Equal((dataSet.Name + " (copy)", UpdateMethod.Append, 3), (first.Name, first.UpdateMethod, first.Rules.UndoRuns));
        Assert.Equal(["every day at 09:00", "every hour"], _platform.Part<ScheduleStore>().Of(first.Id).Select(stored => stored.Schedule.Recurrence.Text));
        Assert.All(_platform.Part<ScheduleStore>().Of(first.Id), stored => Assert.True(stored.Schedule.IsPaused));
        Assert.Equal(TimeSpan.FromHours(30), _platform.Part<Freshness>().MaxAge(first.Id));
        Assert.Equal(dataSet.Name + " (copy 2)", duplication.SuggestName(dataSet.Name));
        Assert.Throws<PlatformException>(() => duplication.Duplicate(dataSet, first.Name));
    }

    private void Add(DataSetConfiguration dataSet, string recurrence) => _platform.Part<ScheduleEdit>().Add(
        new Schedule
        {
            Id = Guid.CreateVersion7().ToString("N"),
            DataSetId = dataSet.Id,
            Recurrence = Recurrence.Parse(recurrence),
            Zone = TimeZoneInfo.Utc,
            CreatedAt = TimeProvider.System.GetUtcNow(),
        },
        ChangeOrigin.Page);
}
