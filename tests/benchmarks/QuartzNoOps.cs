using Microsoft.Data.Sqlite;
using Quartz;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Bare Quartz: a durable job that does nothing, told to run now, on its store in memory or on its tables in SQLite with the history of what it has executed.</summary>
internal sealed class QuartzNoOps : IAsyncDisposable
{
    private static readonly JobKey Key = new("no-op");

    private readonly IScheduler _scheduler;
    private readonly Countdown _countdown;

    private QuartzNoOps(IScheduler scheduler, Countdown countdown) => (_scheduler, _countdown) = (scheduler, countdown);

    /// <param name="sqlite">The file of its tables; null for its store in memory.</param>
    /// <param name="atOnce">Its threads.</param>
    public static async Task<QuartzNoOps> StartAsync(string? sqlite, int atOnce)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(builder =>
        {
            builder.ConfigureScheduler(options => options.InstanceName = Guid.NewGuid().ToString("N"));
            builder.UseDefaultThreadPool(atOnce);
            if (sqlite is not null)
            {
                WriteAhead(sqlite);
                builder.UsePersistentStore(store =>
                {
                    store.UseSqlite(SqliteFactory.Instance, $"Data Source={sqlite}");
                    store.ProvisionSchema();
                    store.UseExecutionHistory();
                });
            }
        }).BuildScheduler(CancellationToken.None);
        var countdown = new Countdown();
        scheduler.Context[nameof(Countdown)] = countdown;
        await scheduler.AddJob(JobBuilder.Create<NoOp>().WithIdentity(Key).StoreDurably().Build(), new AddJobOptions(), CancellationToken.None);
        await scheduler.Start(CancellationToken.None);
        return new QuartzNoOps(scheduler, countdown);
    }

    /// <summary>Tells the job to run so many times and waits for the last one.</summary>
    public async Task<long> RunAsync(int runs, int atOnce)
    {
        var all = _countdown.From(runs);
        await Parallel.ForAsync(0, runs, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (_, cancellation) => await _scheduler.TriggerJob(Key, cancellation));
        await all;
        return runs;
    }

    public async ValueTask DisposeAsync() => await _scheduler.Shutdown(true, CancellationToken.None);

    // As the platform has its own metadata store.
    private static void WriteAhead(string sqlite)
    {
        using var connection = new SqliteConnection($"Data Source={sqlite}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        command.ExecuteNonQuery();
    }

    private sealed class NoOp : IJob
    {
        ValueTask IJob.Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            ((Countdown)context.Scheduler.Context[nameof(Countdown)]!).One();
            return ValueTask.CompletedTask;
        }
    }
}
