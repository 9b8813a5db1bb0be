using ConnectorPlatform.Host;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Workers;

public sealed class WorkerPoolTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();
    private readonly PlatformWithWorkers _platform = new();
    private readonly WorkerLimits _limits = new() { Operations = 3, PingEvery = TimeSpan.FromDays(1) };
    private WorkerPool? _pool;

    private WorkerPool Pool => _pool ??= new WorkerPool(ChildProgram.Executable, _ => _limits, _limits, _time);

    private ConnectorPackage Hello => _platform.Package("hello");

    private static Task EndAsync(WorkerProcess worker) => worker.WaitForEndAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

    public void Dispose()
    {
        _pool?.Dispose();
        _platform.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_worker_is_used_again_for_the_same_package_and_for_no_other()
    {
        var first = await Pool.TakeAsync(Hello, Cancellation);
        Pool.Return(first);

        var other = await Pool.TakeAsync(_platform.Package("hostile"), Cancellation);
        var again = await Pool.TakeAsync(Hello, Cancellation);
        var second = await Pool.TakeAsync(Hello, Cancellation);

        Assert.Same(first, again);
        Assert.NotSame(first, other);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task A_worker_is_replaced_after_so_many_operations_and_at_its_age()
    {
        var worn = await Pool.TakeAsync(Hello, Cancellation);
        for (var i = 0; i < _limits.Operations; i++)
        {
            Pool.Return(worn);
            if (i < _limits.Operations - 1)
            {
                Assert.Same(worn, await Pool.TakeAsync(Hello, Cancellation));
            }
        }

        await EndAsync(worn);
        var old = await Pool.TakeAsync(Hello, Cancellation);
        _time.Advance(_limits.Age + TimeSpan.FromSeconds(1));
        Pool.Return(old);
        await EndAsync(old);
    }

    [Fact]
    public async Task A_warm_worker_without_work_is_ended_in_time()
    {
        var worker = await Pool.TakeAsync(Hello, Cancellation);
        Pool.Return(worker);

        _time.Advance(_limits.KeepWarm / 2);
        Assert.False(worker.IsGone);
        _time.Advance(_limits.KeepWarm / 2);

        await EndAsync(worker);
        Assert.NotSame(worker, await Pool.TakeAsync(Hello, Cancellation));
    }

    [Fact]
    public async Task A_warm_worker_that_has_died_is_not_lent()
    {
        var worker = await Pool.TakeAsync(Hello, Cancellation);
        Pool.Return(worker);
        worker.Kill("the test says so");
        await worker.WaitForEndAsync();

        Assert.NotSame(worker, await Pool.TakeAsync(Hello, Cancellation));
    }

    [Fact]
    public async Task A_worker_that_has_grown_is_not_kept()
    {
        using var thrifty = new WorkerPool(ChildProgram.Executable, _ => _limits with { IdleMegabytes = 1 }, _limits, _time);
        var grown = await thrifty.TakeAsync(Hello, Cancellation);

        thrifty.Return(grown);

        await EndAsync(grown);
        Assert.NotSame(grown, await thrifty.TakeAsync(Hello, Cancellation));
    }

    [Fact]
    public async Task A_worker_that_stands_still_is_ended_as_one_that_hangs()
    {
        var limits = new WorkerLimits { PingEvery = TimeSpan.FromSeconds(5), PongWithin = TimeSpan.FromSeconds(10) };
        using var pool = new WorkerPool(ChildProgram.Executable, _ => limits, limits, _time);
        var stopped = await pool.TakeAsync(Hello, Cancellation);
        Processes.Stop(stopped.Id);

        // Three questions come in time, and one too late.
        _time.Advance(limits.PingEvery + limits.PongWithin);
        Assert.False(stopped.IsGone);
        _time.Advance(limits.PingEvery);

        await EndAsync(stopped);
        Assert.Contains("was stopped because it hangs and does not answer", (await stopped.DeathAsync("read")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_answers_is_left_alone()
    {
        var limits = new WorkerLimits { PingEvery = TimeSpan.FromSeconds(10), PongWithin = TimeSpan.FromMinutes(1) };
        using var pool = new WorkerPool(ChildProgram.Executable, _ => limits, limits, _time);
        var worker = await pool.TakeAsync(Hello, Cancellation);
        for (var ping = 0; ping < 6; ping++)
        {
            var before = worker.LastFrame;
            _time.Advance(limits.PongWithin / 2);
            Assert.True(SpinWait.SpinUntil(() => worker.LastFrame != before || worker.IsGone, TimeSpan.FromSeconds(30)));
        }

        Assert.False(worker.IsGone);
    }

    [Fact]
    public async Task A_worker_that_was_started_ahead_is_taken_and_another_is_started()
    {
        Pool.Replenish();
        Assert.True(SpinWait.SpinUntil(() => Pool.Unassigned == 1, TimeSpan.FromSeconds(30)));
        var ahead = Assert.Single(Pool.Workers);

        Assert.Same(ahead, await Pool.TakeAsync(Hello, Cancellation));
        Assert.True(SpinWait.SpinUntil(() => Pool.Unassigned == 1, TimeSpan.FromSeconds(30)));
        Assert.Equal(2, Pool.Workers.Count);
    }

    [Fact]
    public async Task The_hosts_sudden_end_ends_its_workers_and_what_they_have_started()
    {
        using var folder = new TemporaryFolder();
        var announced = folder.File("announced");
        using var host = new HostProgram(folder.File("data"))
        {
            Environment = { ["Connectors__Folders__0"] = Repository.PathOf("artifacts", "test-plugins") },
        }.Start("run", "--connector", "hostile", "--details", $$"""{ "deed": "grandchild-and-silence", "announce": "{{announced}}" }""");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(announced) || host.HasExited, TimeSpan.FromSeconds(60)));
        var worker = Assert.Single(Processes.StartedBy(host.Id));
        Assert.Equal(2, Processes.OfGroup(worker).Count);

        host.Kill();

        Assert.True(Processes.End(worker));
    }

    [Fact]
    public async Task A_pool_that_ends_ends_the_lent_workers_too()
    {
        var lent = await Pool.TakeAsync(Hello, Cancellation);

        Pool.Dispose();

        await EndAsync(lent);
        Pool.Return(lent);
        Assert.True(Processes.End(lent.Id));
    }

    [Fact]
    public async Task Eight_at_once_get_eight_workers()
    {
        var workers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Pool.TakeAsync(Hello, Cancellation)));

        Assert.Equal(8, workers.Distinct().Count());
    }

    [Fact]
    public async Task A_package_that_cannot_be_loaded_says_why_and_leaves_no_worker()
    {
        var failure = await Assert.ThrowsAsync<PackageLoadException>(() => Pool.TakeAsync(_platform.Package("throwing-constructor"), Cancellation));

        Assert.Contains("The moon is not full.", failure.Message, StringComparison.Ordinal);
        Assert.Null(Pool.Quarantine.Find(_platform.Package("throwing-constructor")));
        Assert.True(SpinWait.SpinUntil(() => Pool.Workers.Count == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_cancelled_start_leaves_no_worker()
    {
        using var cancel = new CancellationTokenSource();
        var taking = Pool.TakeAsync(Hello, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.True(SpinWait.SpinUntil(() => Pool.Workers.Count == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_as_the_platforms_fault()
    {
        using var pool = new WorkerPool("/nowhere/connector-host", _ => _limits, _limits, _time);

        var failure = await Assert.ThrowsAsync<Host.PlatformException>(() => pool.TakeAsync(Hello, Cancellation));

        Assert.Contains("/nowhere/connector-host cannot be started", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_crashes_within_five_minutes_and_only_then_mean_quarantine_until_it_ends()
    {
        var quarantine = new Quarantine(_time);
        quarantine.Crashed(Hello, "first");
        quarantine.Crashed(Hello, "second");
        _time.Advance(Quarantine.Window + TimeSpan.FromSeconds(1));
        quarantine.Crashed(Hello, "third");
        quarantine.Check(Hello);
        quarantine.Crashed(Hello, "fourth");
        quarantine.Crashed(Hello, "fifth");

        Assert.Contains("The last crash: fifth", Assert.Throws<PackageLoadException>(() => quarantine.Check(Hello)).Message, StringComparison.Ordinal);
        quarantine.Check(Hello with { Manifest = Hello.Manifest with { Version = "9.0.0" } });
        _time.Advance(Quarantine.Duration);
        quarantine.Check(Hello);
        Assert.Null(quarantine.Find(Hello));
    }
}
