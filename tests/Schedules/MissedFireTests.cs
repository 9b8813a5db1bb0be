using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Tests.Schedules;

public sealed class MissedFireTests : IAsyncDisposable
{
    private readonly ScheduleBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("RunOnce", 1, "01:00:00", 6, 1)]
    [InlineData("RunOnce", 1, "1.00:00:00", 144, 1)]
    [InlineData("RunOnce", 1, "30.00:00:00", 4320, 1)]
    [InlineData("Skip", 1, "01:00:00", 6, 0)]
    [InlineData("Skip", 1, "1.00:00:00", 144, 0)]
    [InlineData("Skip", 1, "30.00:00:00", 4320, 0)]
    [InlineData("RunEach", 4, "01:00:00", 6, 4)]
    [InlineData("RunEach", 4, "1.00:00:00", 144, 4)]
    [InlineData("RunEach", 4, "30.00:00:00", 4320, 4)]
    public async Task After_the_host_was_down_each_policy_makes_up_for_what_it_says_and_the_log_tells_of_the_rest(string policy, int most, string down, int missed, int runs)
    {
        var schedule = _bench.Add(Samples.Schedule("every 10 minutes") with { Missed = Enum.Parse<MissedPolicy>(policy), MostMissed = most });
        _bench.Board.Reload(ScheduleBoard.HostDown);
        _bench.Restart();
        // Half an interval more, so that no fire is due just now.
        _bench.Clock.Advance(TimeSpan.Parse(down, CultureInfo.InvariantCulture) + TimeSpan.FromMinutes(5));

        var next = Assert.Single(_bench.Board.Reload(ScheduleBoard.HostDown));

        var lines = await _bench.LinesAsync();
        var last = _bench.Clock.GetUtcNow() - TimeSpan.FromMinutes(5);
        Assert.Equal(last + TimeSpan.FromMinutes(10), next);
        Assert.Equal(Enumerable.Range(0, runs).Select(back => last - (TimeSpan.FromMinutes(10) * back)).Reverse(), _bench.Fires.Select(fire => fire.At));
        Assert.Equal(runs, lines.Count(line => line.Outcome == FireEnd.Ran && line.RunId is not null));
        var told = lines.Where(line => line.Outcome == FireEnd.Missed).ToList();
        Assert.All(told, line => Assert.Contains(ScheduleBoard.HostDown, line.Message, StringComparison.Ordinal));
        Assert.Equal(schedule.CreatedAt + TimeSpan.FromMinutes(10), told[0].At);
        if (missed <= Turn.MostCounted)
        {
            Assert.Equal(missed, lines.Sum(line => line.Fires));
        }
        else
        {
            Assert.Contains("at least so many", told[0].Message, StringComparison.Ordinal);
            Assert.Equal(last - (TimeSpan.FromMinutes(10) * runs), told[^1].LastAt);
        }

        Assert.Equal(last, Assert.Single(_bench.Store.List()).AccountedTo);
    }

    [Fact]
    public async Task A_fire_that_is_due_now_stands_for_those_that_were_missed_before_it()
    {
        _bench.Add(Samples.Schedule("every 10 minutes"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(30));

        _bench.Board.Reload(ScheduleBoard.HostDown);

        Assert.Equal([(FireEnd.Missed, 2L), (FireEnd.Ran, 1L)], (await _bench.LinesAsync()).Select(line => (line.Outcome, line.Fires)));
    }

    [Fact]
    public async Task Paused_fires_and_blackout_dates_are_told_as_what_they_are_and_never_made_up_for()
    {
        _bench.Add(Samples.Schedule("every 10 minutes", "paused") with { IsPaused = true });
        _bench.Add(Samples.Schedule("every 12 hours", "black") with { Blackout = [DateSpan.Parse("2026-11-25")], Missed = MissedPolicy.Skip });
        _bench.Board.Reload(ScheduleBoard.HostDown);
        for (var step = 0; step < 9; step++)
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(10));
            _bench.Board.TurnDue(ScheduleBoard.ClockForward);
        }

        Assert.Equal((FireEnd.Paused, 9), Only(await _bench.LinesAsync(), "paused"));
        _bench.Clock.Advance(TimeSpan.FromDays(2));
        _bench.Board.TurnDue(ScheduleBoard.ClockForward);

        var lines = await _bench.LinesAsync();
        Assert.Empty(_bench.Fires);
        Assert.Equal([(FireEnd.Blackout, 2L), (FireEnd.Missed, 2L)], lines.Where(line => line.ScheduleId == "black").Select(line => (line.Outcome, line.Fires)));
    }

    [Fact]
    public async Task What_passed_while_schedules_were_paused_is_told_on_resuming_and_not_made_up_for()
    {
        _bench.Add(Samples.Schedule("every 10 minutes", "one"));
        _bench.Add(Samples.Schedule("every 20 minutes", "two"));
        var pausing = new ScheduleSwitch(_bench.Store, _bench.Log, _bench.Clock);
        Assert.Equal((2, 0), (pausing.Pause("dataset-1"), pausing.Pause(null)));
        _bench.Clock.Advance(TimeSpan.FromMinutes(65));

        Assert.Equal((2, 0), (pausing.Resume(null), pausing.Resume("dataset-1")));

        var next = _bench.Board.Reload(ScheduleBoard.HostDown);
        Assert.Equal([65 + 5, 65 + 15], next.Select(at => (at - Samples.Now).TotalMinutes).Order());
        Assert.Empty(_bench.Fires);
        var lines = await _bench.LinesAsync();
        Assert.Equal(((FireEnd.Paused, 6L), (FireEnd.Paused, 3L)), (Only(lines, "one"), Only(lines, "two")));
    }

    [Theory]
    [InlineData("RunOnce", 1)]
    [InlineData("Skip", 0)]
    [InlineData("RunEach", 5)]
    public async Task A_clock_that_jumps_two_hours_ahead_is_a_host_that_was_away(string policy, int runs)
    {
        var schedule = _bench.Add(Samples.Schedule("*/10 * * * *") with { Missed = Enum.Parse<MissedPolicy>(policy), MostMissed = 5 });
        _bench.Board.Reload(ScheduleBoard.HostDown);
        _bench.Clock.Set(Samples.Now.AddHours(2).AddMinutes(5));

        _bench.Board.TurnAll(ScheduleBoard.ClockForward);

        var lines = await _bench.LinesAsync();
        Assert.Equal(runs, _bench.Fires.Count);
        Assert.Equal(12, lines.Sum(line => line.Fires));
        Assert.Equal(Samples.Now.AddHours(2).AddMinutes(10), _bench.Board.Wanted()[schedule.Id]);
    }

    [Fact]
    public async Task A_clock_that_jumps_two_hours_back_fires_nothing_twice()
    {
        _bench.Add(Samples.Schedule("*/10 * * * *"));
        _bench.Board.Reload(ScheduleBoard.HostDown);
        await PassAsync(TimeSpan.FromMinutes(60));
        Assert.Equal(6, _bench.Fires.Count);
        _bench.Clock.Set(_bench.Clock.GetUtcNow().AddHours(-2));

        await PassAsync(TimeSpan.FromMinutes(150));

        Assert.Equal(9, _bench.Fires.Count);
        Assert.Equal(9, _bench.Fires.Select(fire => fire.At).Distinct().Count());
    }

    [Fact]
    public async Task A_clock_that_was_a_year_ahead_does_not_silence_a_schedule_for_a_year()
    {
        var schedule = _bench.Add(Samples.Schedule("*/10 * * * *") with { Missed = MissedPolicy.Skip });
        _bench.Clock.Set(Samples.Now.AddYears(1));
        _bench.Board.Reload(ScheduleBoard.HostDown);
        _bench.Clock.Set(Samples.Now.AddMinutes(5));

        _bench.Board.TurnAll(ScheduleBoard.ClockForward);

        Assert.Equal(Samples.Now.AddMinutes(10), _bench.Board.Wanted()[schedule.Id]);
        Assert.Contains(await _bench.LinesAsync(), line => line is { Outcome: FireEnd.ClockPutBack, Fires: 0 });
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(5))
        {
            _bench.Clock.Advance(TimeSpan.FromMinutes(5));
            _bench.Board.TurnDue(ScheduleBoard.ClockForward);
            await _bench.LinesAsync();
        }
    }

    private static (FireEnd, long) Only(IReadOnlyList<ScheduleLine> lines, string schedule)
    {
        var line = Assert.Single(lines, line => line.ScheduleId == schedule);
        return (line.Outcome, line.Fires);
    }
}
