using ConnectorPlatform.Host.Schedules;
using ConnectorPlatform.Host.Schedules.Timing;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Logging;

namespace ConnectorPlatform.Tests.Schedules;

/// <summary>The scheduler with Quartz as its alarm clock, on a clock that the test moves.</summary>
public sealed class SchedulerTests : IAsyncDisposable
{
    private readonly ScheduleBench _bench = new();
    private readonly CollectedLog _log = new();
    private SchedulerHost? _host;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            _host.Dispose();
        }

        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task A_schedule_fires_at_its_times_and_each_fire_ends_in_a_line_with_its_run()
    {
        _bench.Add(Samples.Schedule("every minute"));
        await StartAsync();

        await PassAsync(() => _bench.Fires.Count == 3);

        Assert.Equal([1, 2, 3], _bench.Fires.Select(fire => (fire.At - Samples.Now).TotalMinutes));
        Assert.All(await _bench.LinesAsync(), line => Assert.Equal((FireEnd.Ran, $"run of {line.At:u}"), (line.Outcome, line.RunId)));
    }

    [Fact]
    public async Task Schedules_that_are_added_paused_and_removed_by_another_process_are_noticed()
    {
        await StartAsync();
        var added = _bench.Add(Samples.Schedule("every minute"));
        await PassAsync(() => _bench.Fires.Count == 2);

        _bench.Store.Pause(added.Id);
        await PassAsync(() => _bench.Log.Read(null, 100).Any(line => line is { Outcome: FireEnd.Paused, Fires: 3 }));
        Assert.Equal(2, _bench.Fires.Count);

        _bench.Store.Remove(added.Id);
        await PassAsync(() => _bench.Board.Wanted().Count == 0 && Rings().Count == 0);

        _bench.Add(Samples.Schedule("every 10 hours", "again"));
        await PassAsync(() => Rings().Count == 1);
        _bench.Database.Execute("DELETE FROM datasets");
        await PassAsync(() => _bench.Board.Wanted().Count == 0);
    }

    [Fact]
    public async Task Triggers_that_are_broken_on_purpose_are_put_right()
    {
        foreach (var (hours, id) in new[] { (5, "taken-away"), (8, "taken-away-too"), (11, "untouched") })
        {
            _bench.AddDataSet(id);
            _bench.Add(Samples.Schedule($"every {hours} hours", id) with { DataSetId = id });
        }

        var triggers = await StartAsync();
        var wanted = _bench.Board.Instants();
        Assert.Equal(3, wanted.Count);
        await triggers.RemoveAsync(wanted.Order().Take(2), TestContext.Current.CancellationToken);
        await triggers.SetAsync([Samples.Now.AddSeconds(30), Samples.Now.AddYears(1)], TestContext.Current.CancellationToken);

        await PassAsync(() => Rings().Order().SequenceEqual(wanted.Order()));

        Assert.Contains(_log.Lines, line => line.Contains("set again as the schedules say: 2", StringComparison.Ordinal));
        await PassAsync(() => wanted.IsSubsetOf(_bench.Fires.Select(fire => fire.At)), seconds: 20);
    }

    [Fact]
    public async Task A_stored_schedule_that_cannot_be_read_any_more_says_so_and_the_others_fire()
    {
        _bench.AddDataSet("dataset-2");
        _bench.Add(Samples.Schedule("every minute", "lost"));
        _bench.Add(Samples.Schedule("every minute", "sound") with { DataSetId = "dataset-2" });
        _bench.Database.Execute("UPDATE schedules SET zone = 'Mars/Olympus' WHERE id = 'lost'");

        await StartAsync();
        await PassAsync(() => _bench.Fires.Count == 2);

        Assert.All(_bench.Fires, fire => Assert.Equal("sound", fire.ScheduleId));
        Assert.Contains("There is no time zone \"Mars/Olympus\"", Assert.Single(await _bench.LinesAsync(), line => line.ScheduleId == "lost").Message, StringComparison.Ordinal);
        Assert.True(_bench.Store.Remove("lost"));
    }

    [Fact]
    public async Task A_jump_of_the_clock_is_noticed_and_the_schedule_goes_on_from_there()
    {
        _bench.Add(Samples.Schedule("*/10 * * * *") with { Missed = MissedPolicy.Skip });
        await StartAsync();
        await PassAsync(() => _bench.Fires.Count == 1);
        _bench.Clock.Set(_bench.Clock.GetUtcNow().AddHours(2).AddMinutes(5));

        await PassAsync(() => _bench.Log.Read(null, 100).Any(line => line is { Outcome: FireEnd.Missed, Fires: 12 }));
        Assert.Contains(_log.Lines, line => line.Contains("The clock was set", StringComparison.Ordinal));
        await PassAsync(() => _bench.Fires.Count == 2);
        Assert.Equal(Samples.Now.AddMinutes(140), _bench.Fires.Last().At);

        _bench.Clock.Set(_bench.Clock.GetUtcNow().AddHours(-2));
        await PassAsync(() => Rings().Contains(Samples.Now.AddMinutes(150)));
        Assert.Equal(2, _bench.Fires.Count);
    }

    [Fact]
    public async Task Fires_of_a_host_that_died_are_told_when_the_next_one_starts()
    {
        _bench.Run = (_, _) => new TaskCompletionSource<FireOutcome>().Task;
        _bench.Lanes.Begin(new Fire { ScheduleId = "schedule-1", DataSetId = "dataset-1", At = Samples.Now, LogId = "line" });
        _bench.Log.Flush();
        _bench.Restart();

        await StartAsync();

        Assert.Equal(FireEnd.Interrupted, Assert.Single(await _bench.LinesAsync()).Outcome);
    }

    [Fact]
    public async Task Of_two_servers_on_one_data_folder_one_fires_and_the_other_takes_over()
    {
        _bench.Add(Samples.Schedule("every minute"));
        await StartAsync();
        var second = NewHost();
        await second.StartAsync(CancellationToken.None);
        await PassAsync(() => _bench.Fires.Count == 2);
        Assert.Null(second.Triggers);

        // The lanes are the first one's and end with it; the second one has its own.
        await _host!.StopAsync(CancellationToken.None);
        _host = second;
        await PassAsync(() => second.Triggers is not null);
    }

    [Fact]
    public async Task A_schedule_follows_the_successful_runs_of_another_DataSet()
    {
        _bench.AddDataSet("dataset-2");
        _bench.Add(Samples.Schedule("after dataset-2") with { Missed = MissedPolicy.Skip });
        await StartAsync();
        _bench.AddSuccess("dataset-2", Samples.Now.AddSeconds(2), 1);
        await PassAsync(() => _bench.Fires.Count == 1);
        _bench.Board.Follow(ScheduleBoard.ClockForward);
        Assert.Single(await _bench.LinesAsync());
        _bench.AddSuccess("dataset-2", Samples.Now.AddSeconds(60), 2);
        await PassAsync(() => _bench.Fires.Count == 2);

        Assert.Equal([2, 60], _bench.Fires.Select(fire => (fire.At - Samples.Now).TotalSeconds));
    }

    [Fact]
    public void A_DataSet_cannot_follow_itself_by_any_way()
    {
        foreach (var (id, after) in new[] { ("dataset-2", "dataset-1"), ("dataset-3", "dataset-2") })
        {
            _bench.AddDataSet(id);
            _bench.Add(Samples.Schedule($"after {after}", id) with { DataSetId = id });
        }

        var message = Assert.Throws<Host.PlatformException>(() => _bench.Add(Samples.Schedule("after dataset-3"))).Message;

        Assert.Contains("dataset-1 follows dataset-3 follows dataset-2 follows dataset-1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_DataSet_that_gets_too_old_is_late_once_and_fresh_again_once()
    {
        var freshness = _bench.Freshness;
        freshness.Set("dataset-1", TimeSpan.FromHours(2));
        _bench.AddSuccess("dataset-1", Samples.Now, 1);
        for (var hour = 0; hour < 6; hour++)
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(61));
            freshness.Check();
        }

        Assert.Equal(new LateDataSet("dataset-1", TimeSpan.FromHours(2), Samples.Now), Assert.Single(_bench.Lates));
        _bench.AddSuccess("dataset-1", _bench.Clock.GetUtcNow(), 2);
        freshness.Check();
        freshness.Check();

        Assert.Equal([FireEnd.Late, FireEnd.FreshAgain], (await _bench.LinesAsync()).Select(line => line.Outcome));
    }

    [Fact]
    public void The_log_keeps_what_the_operator_says_and_no_more()
    {
        for (var line = 0; line < 30; line++)
        {
            _bench.Log.WriteOmitted(Samples.Schedule("every minute", $"schedule-{line}"), FireEnd.Paused, _bench.Clock.GetUtcNow(), _bench.Clock.GetUtcNow(), 1, "");
            _bench.Clock.Advance(TimeSpan.FromDays(1));
        }

        _bench.Log.Flush();
        Assert.Equal(9, _bench.Log.Sweep(new ScheduleOptions { KeepLogDays = 21, KeepLogLines = 1000 }));
        Assert.Equal(11, _bench.Log.Sweep(new ScheduleOptions { KeepLogDays = 21, KeepLogLines = 10 }));
        Assert.Equal("schedule-29", _bench.Log.Read("dataset-1", 100)[0].ScheduleId);
    }

    private async Task<QuartzTriggers> StartAsync()
    {
        _host = NewHost();
        await _host.StartAsync(CancellationToken.None);
        await ScheduleBench.UntilAsync(() => _host.Triggers is not null || _host.ExecuteTask!.IsFaulted);
        Assert.Null(_host.ExecuteTask!.Exception);
        return _host.Triggers!;
    }

    private SchedulerHost NewHost() => new(
        _bench.Folder, _bench.Board, _bench.Lanes, _bench.Log, _bench.Freshness, new ScheduleOptions(), _bench.Clock, LoggerFactory.Create(logging => logging.AddProvider(_log)).CreateLogger<SchedulerHost>());

    private IReadOnlySet<DateTimeOffset> Rings() => _host!.Triggers!.AllAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Lets time pass, by a second or some, until something is so.</summary>
    private async Task PassAsync(Func<bool> isSo, int seconds = 1)
    {
        using var patience = new CancellationTokenSource(ScheduleBench.Patience);
        while (!isSo())
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(seconds));
            await Task.Delay(2, patience.Token);
        }
    }
}
