using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>A worker may be killed while it waits for work, as by a kernel that is short of memory: whoever needs one next gets another, and the connector is not to blame.</summary>
public sealed class IdleDeathTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_operation_whose_worker_died_before_it_began_is_done_by_another(bool isSent)
    {
        await using var platform = new PlatformWithWorkers();
        for (var death = 0; death < Quarantine.Crashes; death++)
        {
            Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
            await using var session = await OpenAsync(platform);
            var dying = platform.Pool.Workers.Single(worker => !worker.IsGone);
            Processes.Stop(dying.Id);
            var before = isSent ? session.CheckAsync(Cancellation) : null;
            Processes.Kill(dying.Id);

            await (before ?? session.CheckAsync(Cancellation)).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
            Assert.True(dying.IsGone);
        }

        Assert.Null(platform.Pool.Quarantine.Find(platform.Package("hello")));
    }

    [Fact]
    public async Task A_package_is_loaded_by_another_worker_than_the_one_that_died_while_it_waited_for_a_package()
    {
        await using var platform = new PlatformWithWorkers();

        // Before, as the first look at the packages tries them in workers of the pool.
        var package = platform.Package("hello");
        platform.Pool.Replenish();
        Assert.True(SpinWait.SpinUntil(() => platform.Pool.Unassigned == 1, TimeSpan.FromSeconds(30)));
        var dying = Assert.Single(platform.Pool.Workers);
        Processes.Stop(dying.Id);

        var taking = platform.Pool.TakeAsync(package, Cancellation);
        Processes.Kill(dying.Id);

        Assert.NotSame(dying, await taking.WaitAsync(TimeSpan.FromMinutes(1), Cancellation));
    }

    [Fact]
    public async Task A_worker_that_dies_of_its_first_operation_is_not_replaced()
    {
        await using var platform = new PlatformWithWorkers();
        await using var session = await OpenAsync(platform);
        Processes.Kill(Assert.Single(platform.Pool.Workers).Id);

        var failure = await Assert.ThrowsAsync<ConnectorException>(() => session.CheckAsync(Cancellation));

        Assert.Contains("SIGKILL", failure.Message, StringComparison.Ordinal);
    }

    private static Task<IConnectorSession> OpenAsync(PlatformWithWorkers platform) => platform.Part<ConnectorSessions>().OpenAsync(
        new SessionRequest { Package = platform.Package("hello"), Account = AccountChoice.SampleData, Progress = new RunProgress(new RunLog(null, TimeProvider.System)) }, Cancellation);
}
