using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Looks at the records again and again until it is disposed of, and fails when two runs of one DataSet are going on.</summary>
internal sealed class RunningWatch : IAsyncDisposable
{
    /// <summary>A broken engine must fail a test and not hang it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task<int> _looking;

    public RunningWatch(TestPlatform platform)
    {
        var runs = platform.Part<RunStore>();
        _looking = Task.Run(() => LookAsync(runs));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Assert.True(await _looking > 0);
        _stop.Dispose();
    }

    private async Task<int> LookAsync(RunStore runs)
    {
        for (var looks = 0; ; looks++)
        {
            var running = runs.Unfinished().Where(run => run.State == RunState.Running).GroupBy(run => run.DataSetId);
            Assert.All(running, ofOne => Assert.Single(ofOne));
            if (looks > 0 && _stop.IsCancellationRequested)
            {
                return looks;
            }

            await Task.Yield();
        }
    }
}
