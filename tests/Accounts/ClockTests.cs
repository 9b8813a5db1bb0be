using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Accounts;

/// <summary>This host's clock is not the source's.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A token of an hour is renewed before either clock says that it has ended. Of one that lives for ten minutes five are too many: the source's word
    /// counts, once for each token.
    /// </summary>
    [Theory]
    [InlineData(-5, 60, false)]
    [InlineData(0, 60, false)]
    [InlineData(5, 60, false)]
    [InlineData(-5, 10, true)]
    [InlineData(5, 10, false)]
    public async Task Every_run_succeeds_when_this_hosts_clock_goes_off_after_a_sign_in(int minutesAhead, int lifetime, bool isSaidByTheSource)
    {
        var (own, its) = (new FakeTimeProvider(Noon), new FakeTimeProvider(Noon));
        await using var source = await SignInSource.StartAsync();
        (source.Clock, source.Lifetime) = (its, lifetime * 60);
        await using var platform = new TestPlatform { Time = own, Settings = source.Settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value) };
        var dataSet = platform.AddLinkDataSet(await platform.ConnectAsync(source));
        own.AdjustTime(own.GetUtcNow() + TimeSpan.FromMinutes(minutesAhead));

        for (var step = 0; step < 9; step++)
        {
            own.Advance(TimeSpan.FromMinutes(lifetime / 5));
            its.Advance(TimeSpan.FromMinutes(lifetime / 5));
            var run = await platform.RunAsync(dataSet);
            Assert.Equal((RunState.Succeeded, 1), (run.State, run.Attempts));
        }

        Assert.Equal(isSaidByTheSource ? 1 : 0, source.Refusals);
        Assert.InRange(source.Refreshes, 1, 3);
    }
}
