using System.Diagnostics;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Which runs are forgotten, and which never.</summary>
public sealed class RetentionTests : IAsyncDisposable
{
    private static readonly int Records = int.TryParse(Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_RECORDS"), CultureInfo.InvariantCulture, out var number) ? number : 5_000;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly ITestOutputHelper _output;
    private readonly TestPlatform _platform;

    public RetentionTests(ITestOutputHelper output) => (_output, _platform) = (output, new TestPlatform { Time = _clock });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DataFolder Folder => _platform.Part<DataFolder>();

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    [Fact]
    public async Task Old_runs_go_with_their_logs_and_the_last_of_each_DataSet_stay()
    {
        var (busy, quiet) = (_platform.AddDataSet("hello"), _platform.AddDataSet("hello"));
        var old = Enumerable.Range(0, 25).Select(_ => Add(busy, RunState.Failed)).ToList();
        var rare = Enumerable.Range(0, 20).Select(_ => Add(quiet, RunState.Failed)).ToList();
        _clock.Advance(TimeSpan.FromDays(89));
        var recent = Enumerable.Range(0, 18).Select(_ => Add(busy, RunState.Failed)).ToList();
        Assert.Equal((0, 0), await SweepAsync());
        _clock.Advance(TimeSpan.FromDays(2));

        var swept = await SweepAsync();

        Assert.Equal((23, 0), swept);
        Assert.Equal([.. recent.AsEnumerable().Reverse(), old[24], old[23]], _platform.Part<RunStore>().Of(busy.Id, 100).Select(run => run.Id));
        Assert.Equal(20, _platform.Part<RunStore>().Of(quiet.Id, 100).Count);
        Assert.Equal(old.Skip(23).Concat(rare).Concat(recent).Order(), Directory.GetFiles(Folder.Logs).Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Fact]
    public async Task What_has_not_ended_is_held_or_can_be_undone_stays_however_old_it_is()
    {
        _platform.Settings["Runs:KeepLast"] = "1";
        var dataSet = _platform.AddDataSet("hello", rules: new DataSetRules { UndoRuns = 2 });
        var tooOld = Add(dataSet, RunState.Succeeded, rows: 5);
        var taken = Add(dataSet, RunState.Succeeded, rows: 5, undoneBy: "an undo");
        var undoable = Add(dataSet, RunState.Failed, rows: 5);
        var undo = Add(dataSet, RunState.Succeeded, trigger: RunTrigger.Undo);
        var success = Add(dataSet, RunState.Succeeded);
        var queued = _platform.AddRun(dataSet, Folder.Instance, RunState.Queued).Id;
        var held = Add(dataSet, RunState.Failed);
        _platform.Part<MetadataDatabase>().Execute("UPDATE runs SET state = 'Held' WHERE id = @held", new { held });
        var failed = Add(dataSet, RunState.Failed);
        var last = Add(dataSet, RunState.Failed);
        _clock.Advance(TimeSpan.FromDays(400));

        Assert.Equal((4, 0), await SweepAsync());

        var left = _platform.Part<MetadataDatabase>().Query<string>("SELECT id FROM runs");
        Assert.Equal(new[] { undoable, success, queued, held, last }.Order(), left.Order());
        Assert.Empty(left.Intersect([tooOld, taken, undo, failed]));
    }

    [Fact]
    public async Task That_a_DataSet_has_had_rows_is_not_forgotten_so_that_the_loss_of_its_file_is_told()
    {
        _platform.Settings["Runs:KeepLast"] = "1";
        var dataSet = _platform.AddDataSet("hello", rules: new DataSetRules { UndoRuns = 0 });
        Add(dataSet, RunState.Succeeded, rows: 5);
        Add(dataSet, RunState.Succeeded);
        Add(dataSet, RunState.Succeeded);
        _clock.Advance(TimeSpan.FromDays(400));

        Assert.Equal((1, 0), await SweepAsync());

        var lost = await Assert.ThrowsAsync<Host.PlatformException>(() => _platform.Part<DataSetFiles>().OpenAsync(dataSet.Id, Cancellation));
        Assert.Contains("is gone, with the rows in it", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_that_belong_to_no_run_go_once_they_are_a_day_old()
    {
        var dataSet = _platform.AddDataSet("hello");
        var run = Add(dataSet, RunState.Succeeded);
        var (old, young) = (WriteLog(Guid.NewGuid().ToString("N"), TimeSpan.FromDays(2)), WriteLog(Guid.NewGuid().ToString("N"), TimeSpan.FromHours(2)));
        var foreign = WriteLog("notes", TimeSpan.FromDays(2));
        var own = WriteLog(run, TimeSpan.FromDays(2));

        Assert.Equal((0, 1), await SweepAsync());

        Assert.Equal([false, true, true, true], new[] { old, young, foreign, own }.Select(File.Exists));
    }

    [Fact]
    public async Task The_server_sweeps_when_it_starts_and_every_day()
    {
        (_platform.Settings["Runs:KeepLast"], _platform.Settings["Runs:KeepHistory"]) = ("1", "1.00:00:00");
        var dataSet = _platform.AddDataSet("hello");
        var (first, second) = (Add(dataSet, RunState.Failed), Add(dataSet, RunState.Failed));
        Add(dataSet, RunState.Failed);
        _clock.Advance(TimeSpan.FromDays(2));
        using var host = ActivatorUtilities.CreateInstance<RunsHost>(_platform.Part<IServiceProvider>());
        await host.StartAsync(Cancellation);
        await UntilGoneAsync(first, TimeSpan.FromMilliseconds(5));
        await UntilGoneAsync(second, TimeSpan.FromMilliseconds(5));
        var third = Add(dataSet, RunState.Failed);
        Add(dataSet, RunState.Failed);

        // Days go on until then: the first sweep may still be at work, and begins to wait for the next only afterwards.
        await UntilGoneAsync(third, TimeSpan.FromHours(1));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Many_runs_go_in_steps_that_hold_nobody_up()
    {
        await using var platform = new TestPlatform();
        var dataSet = platform.AddDataSet("hello");
        var database = platform.Part<MetadataDatabase>();
        database.Execute(
            """
            INSERT INTO runs (id, dataset_id, fence, instance, trigger_kind, connector_version, details, update_method, state, phase, started_at, ended_at)
            SELECT printf('%032x', value), @id, value, 'gone', 'Schedule', '1.0.0', '{}', 'Replace', 'Failed', 'Ended', '2020-01-01T00:00:00.0000000Z', '2020-01-01T00:00:01.0000000Z'
            FROM (WITH RECURSIVE numbers(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM numbers LIMIT @records) SELECT value FROM numbers)
            """,
            new { id = dataSet.Id, records = Records });
        database.Execute("UPDATE datasets SET last_fence = @records", new { records = Records });
        var began = Stopwatch.GetTimestamp();
        var sweep = Task.Run(() => platform.Part<RunRetention>().SweepAsync(Cancellation), Cancellation);
        var (longest, writes) = (TimeSpan.Zero, 0);
        while (!sweep.IsCompleted)
        {
            var asked = Stopwatch.GetTimestamp();
            platform.Part<DataSetConfigurationStore>().NextFence(dataSet.Id);
            var took = Stopwatch.GetElapsedTime(asked);
            longest = took > longest ? took : longest;
            writes++;
            await Task.Yield();
        }

        Assert.Equal((Records - 20, 0), await sweep);
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Records} records swept in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; beside that {writes} writes, the slowest in {longest.TotalMilliseconds:0} ms"));
        Assert.True(longest < TimeSpan.FromSeconds(5), $"A write waited {longest}.");
    }

    private async Task<(int Runs, int Logs)> SweepAsync()
    {
        var sweep = _platform.Part<RunRetention>().SweepAsync(Cancellation);
        while (!sweep.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        return await sweep;
    }

    private async Task UntilGoneAsync(string run, TimeSpan step)
    {
        var asked = Stopwatch.GetTimestamp();
        while (_platform.Part<RunStore>().Find(run) is not null)
        {
            Assert.True(Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(120), "The run is not removed.");
            _clock.Advance(step);
            await Task.Yield();
        }
    }

    private string Add(DataSetConfiguration dataSet, RunState state, long rows = 0, string? undoneBy = null, RunTrigger trigger = RunTrigger.Manual)
    {
        var run = _platform.AddRun(dataSet, Folder.Instance);
        _platform.Part<RunStore>().Update(run with { State = state, EndedAt = _clock.GetUtcNow(), Counts = new RunCounts { RowsWritten = rows }, Phase = RunPhase.Ended });
        _platform.Part<MetadataDatabase>().Execute(
            "UPDATE runs SET undone_by = @undoneBy, trigger_kind = @trigger WHERE id = @Id", new { undoneBy, trigger = trigger.ToString(), run.Id });
        WriteLog(run.Id, TimeSpan.Zero);
        return run.Id;
    }

    private string WriteLog(string name, TimeSpan age)
    {
        var path = Path.Combine(Folder.Logs, name + ".jsonl");
        File.WriteAllText(path, "{}\n");
        File.SetLastWriteTimeUtc(path, (_clock.GetUtcNow() - age).UtcDateTime);
        return path;
    }
}
