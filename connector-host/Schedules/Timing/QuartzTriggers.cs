using System.Globalization;
using Quartz;

namespace ConnectorPlatform.Host.Schedules.Timing;

/// <summary>
/// Quartz as the alarm clock: one trigger for each instant at which something fires next, which goes off once. Schedules that fire at the same instant share it, so that
/// ten thousand of them cost one. Which these are, what was missed and what overlaps is not Quartz's to say; its store is in memory and made anew at each start.
/// </summary>
internal sealed class QuartzTriggers : IAsyncDisposable
{
    private const string Job = "ring";

    private readonly IScheduler _scheduler;

    private QuartzTriggers(IScheduler scheduler) => _scheduler = scheduler;

    /// <summary>Starts an empty alarm clock.</summary>
    /// <param name="ring">Is called when an instant has come, and says which instants are to come next.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<QuartzTriggers> StartAsync(Func<IReadOnlyCollection<DateTimeOffset>> ring, TimeProvider time, CancellationToken cancellationToken)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(builder =>
        {
            builder.UseTimeProvider(time);
            builder.ConfigureScheduler(options => options.InstanceName = Guid.NewGuid().ToString("N"));
        }).BuildScheduler(cancellationToken).ConfigureAwait(false);
        var triggers = new QuartzTriggers(scheduler);
        scheduler.Context[Job] = (Func<CancellationToken, Task>)(cancellation => triggers.SetAsync(ring(), cancellation));
        await scheduler.AddJob(JobBuilder.Create<RingJob>().WithIdentity(Job).StoreDurably().Build(), new AddJobOptions(), cancellationToken).ConfigureAwait(false);
        await scheduler.Start(cancellationToken).ConfigureAwait(false);
        return triggers;
    }

    /// <summary>Adds instants; what is set already stays as it is.</summary>
    /// <param name="instants">Whole seconds, which is how finely Quartz tells them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SetAsync(IEnumerable<DateTimeOffset> instants, CancellationToken cancellationToken)
    {
        foreach (var instant in instants)
        {
            // However late, it goes off: whether that is too late is the schedule's to say.
            var trigger = TriggerBuilder.Create().WithIdentity(Key(instant)).ForJob(Job).StartAt(instant)
                .WithSimpleSchedule(simple => simple.WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build();
            await _scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task RemoveAsync(IEnumerable<DateTimeOffset> instants, CancellationToken cancellationToken)
    {
        foreach (var instant in instants)
        {
            await _scheduler.UnscheduleJob(new TriggerKey(Key(instant)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The instants that Quartz would tell; those that it holds back or has at another time are left out.</summary>
    public async Task<IReadOnlySet<DateTimeOffset>> AllAsync(CancellationToken cancellationToken)
    {
        var page = await _scheduler.QueryTriggers(new TriggerQuery { Take = PagedQuery.All }, cancellationToken).ConfigureAwait(false);
        return page.Items.Where(trigger => trigger.State == TriggerState.Normal && trigger.NextFireTimeUtc is { } next && trigger.Key.Name == Key(next))
            .Select(trigger => trigger.NextFireTimeUtc!.Value).ToHashSet();
    }

    public async ValueTask DisposeAsync() => await _scheduler.Shutdown(true, CancellationToken.None).ConfigureAwait(false);

    private static string Key(DateTimeOffset instant) => instant.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private sealed class RingJob : IJob
    {
        async ValueTask IJob.Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await ((Func<CancellationToken, Task>)context.Scheduler.Context[Job]!)(cancellationToken).ConfigureAwait(false);
    }
}
