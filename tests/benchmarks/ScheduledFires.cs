using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Schedules;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConnectorPlatform.Benchmarks;

/// <summary>A scheduler with many DataSets that all fire in the same second of every minute, each recorded, with runs that do nothing.</summary>
/// <param name="FirstFireMilliseconds">From the start of the scheduler to the first run of a fire that was missed before…</param>
/// <param name="AllFiresMilliseconds">…and to the last.</param>
/// <param name="P50Milliseconds">From the time that the schedule says to the beginning of the run, at whole minutes.</param>
internal sealed record ScheduledFires(int Schedules, double FirstFireMilliseconds, double AllFiresMilliseconds, double P50Milliseconds, double P99Milliseconds, double SlowestMilliseconds, long Lines)
{
    private const int Minutes = 3;

    public string ToJson() => JsonSerializer.Serialize(this);

    public static async Task<ScheduledFires> MeasureAsync(string path, int schedules)
    {
        var time = TimeProvider.System;
        using var folder = DataFolder.Open(Path.Combine(path, "data"));
        var database = MetadataDatabase.Open(folder);
        Fill(database, schedules);
        var store = new ScheduleStore(database);
        var log = new ScheduleLog(database, time);
        var fires = new ConcurrentQueue<(DateTimeOffset At, DateTimeOffset Began)>();
        await using var lanes = new FireLanes(
            (fire, _) =>
            {
                fires.Enqueue((fire.At, time.GetUtcNow()));
                return Task.FromResult(FireOutcome.Ran("none", "Succeeded."));
            },
            log,
            time);
        using var host = new SchedulerHost(
            folder, new ScheduleBoard(store, log, lanes, time), lanes, log, new Freshness(database, store, log, _ => { }, time), new ScheduleOptions(), time, NullLogger<SchedulerHost>.Instance);

        // Not near a whole minute, at which all are due again.
        await WaitForAsync(() => time.GetUtcNow().Second is > 2 and < 45);
        var start = time.GetUtcNow();
        var startStamp = Stopwatch.GetTimestamp();
        await host.StartAsync(CancellationToken.None);
        await WaitForAsync(() => fires.Count >= schedules);
        var all = Stopwatch.GetElapsedTime(startStamp).TotalMilliseconds;
        var first = (fires.Min(fire => fire.Began) - start).TotalMilliseconds;
        await WaitForAsync(() => fires.Count >= schedules * (1 + Minutes));
        await host.StopAsync(CancellationToken.None);

        var lateness = fires.Skip(schedules).Select(fire => (fire.Began - fire.At).TotalMilliseconds).Order().ToList();
        return new ScheduledFires(
            schedules, first, all, lateness[lateness.Count / 2], lateness[lateness.Count * 99 / 100], lateness[^1], database.Find<long>("SELECT count(*) FROM schedule_log WHERE outcome = 'Ran'"));
    }

    /// <summary>One DataSet with one schedule each, a minute behind.</summary>
    private static void Fill(MetadataDatabase database, int schedules)
    {
        var parameters = new { schedules, now = DateTimeOffset.UtcNow, before = DateTimeOffset.UtcNow.AddMinutes(-3) };
        const string Numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @schedules) ";
        database.Execute(
            $"INSERT INTO datasets (id, name, connector, details, update_method, created_at, updated_at) {Numbers} SELECT 'd' || n, 'd' || n, 'hello', '{{}}', 'Replace', @now, @now FROM numbers", parameters);
        database.Execute(
            "INSERT INTO schedules (id, dataset_id, recurrence, zone, blackout, jitter_s, missed, most_missed, overlap, created_at, accounted_to) " +
            $"{Numbers} SELECT 's' || n, 'd' || n, '* * * * *', 'Europe/Berlin', '[]', 0, 'RunOnce', 1, 'QueueOne', @before, @before FROM numbers",
            parameters);
    }

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
