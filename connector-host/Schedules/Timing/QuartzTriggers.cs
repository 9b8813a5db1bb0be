using Quartz;

namespace ConnectorPlatform.Host.Schedules.Timing;

/// <summary>
/// Quartz as the alarm clock: for each schedule one trigger that goes off once, at its next fire. Which time that is, what was missed and what overlaps is not
/// Quartz's to say, so its store is in memory and is made anew at each start.
/// </summary>
internal sealed class QuartzTriggers : IAsyncDisposable
{
    private const string Job = "fire";
    private const string Due = "due";

    /// <summary>Triggers that go off together; each takes well below a millisecond.</summary>
    private const int AtOnce = 16;

    private readonly IScheduler _scheduler;

    private QuartzTriggers(IScheduler scheduler) => _scheduler = scheduler;

    /// <summary>Starts an empty alarm clock.</summary>
    /// <param name="due">Is told a schedule whose time has come, and says when it is to be told again; null for never.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<QuartzTriggers> StartAsync(Func<string, DateTimeOffset?> due, TimeProvider time, CancellationToken cancellationToken)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(builder =>
        {
            builder.UseTimeProvider(time);
            builder.UseDefaultThreadPool(AtOnce);
            builder.ConfigureScheduler(options =>
            {
                options.InstanceName = Guid.NewGuid().ToString("N");
                options.MaxBatchSize = AtOnce;
            });
        }).BuildScheduler(cancellationToken).ConfigureAwait(false);
        var triggers = new QuartzTriggers(scheduler);
        scheduler.Context[Due] = (Func<string, CancellationToken, Task>)(async (id, cancellation) => await triggers.SetAsync(id, due(id), cancellation).ConfigureAwait(false));
        await scheduler.AddJob(JobBuilder.Create<DueJob>().WithIdentity(Job).StoreDurably().Build(), new AddJobOptions(), cancellationToken).ConfigureAwait(false);
        await scheduler.Start(cancellationToken).ConfigureAwait(false);
        return triggers;
    }

    /// <summary>Sets when a schedule's time comes, in place of what was set; null for never.</summary>
    public async Task SetAsync(string scheduleId, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (at is not { } instant)
        {
            await _scheduler.UnscheduleJob(new TriggerKey(scheduleId), cancellationToken).ConfigureAwait(false);
            return;
        }

        // However late, it goes off: whether that is too late is the schedule's to say.
        var trigger = TriggerBuilder.Create().WithIdentity(scheduleId).ForJob(Job).StartAt(instant)
            .WithSimpleSchedule(simple => simple.WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();
        await _scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When Quartz would tell each schedule; those that it holds back are left out.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> AllAsync(CancellationToken cancellationToken)
    {
        var page = await _scheduler.QueryTriggers(new TriggerQuery { Take = PagedQuery.All }, cancellationToken).ConfigureAwait(false);
        return page.Items.Where(trigger => trigger.NextFireTimeUtc is not null && trigger.State == TriggerState.Normal)
            .ToDictionary(trigger => trigger.Key.Name, trigger => trigger.NextFireTimeUtc!.Value);
    }

    public async ValueTask DisposeAsync() => await _scheduler.Shutdown(true, CancellationToken.None).ConfigureAwait(false);

    private sealed class DueJob : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await ((Func<string, CancellationToken, Task>)context.Scheduler.Context[Due]!)(context.Trigger.Key.Name, cancellationToken).ConfigureAwait(false);
    }
}
