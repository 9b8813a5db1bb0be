using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Runs that are asked for without waiting, and what watchers hear of them.</summary>
public sealed class RunRequestTests : IAsyncLifetime
{
    private readonly SemaphoreSlim _pages = new(0);
    private GreetingSource _source = null!;
    private TestPlatform _platform = null!;
    private DataSetConfiguration _dataSet = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RunRequests Requests => _platform.Part<RunRequests>();

    private RunStore Runs => _platform.Part<RunStore>();

    public async ValueTask InitializeAsync()
    {
        _source = await GreetingSource.StartAsync();
        _source.Instead = async context =>
        {
            await _pages.WaitAsync(context.RequestAborted);
            return false;
        };
        _platform = new TestPlatform { Settings = { ["Connectors:hello:BaseAddress"] = _source.Address.ToString() } };
        _dataSet = _platform.AddDataSet("hello", account: _platform.AddAccount("hello"));
    }

    public async ValueTask DisposeAsync()
    {
        _pages.Release(100);
        await _platform.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Who_asks_for_a_run_hears_which_one_it_is_while_it_goes_on()
    {
        var run = await Requests.StartAsync(_dataSet);
        Assert.False(Runs.Find(run.Id)!.IsEnded);

        _pages.Release(100);
        Assert.Equal(RunState.Succeeded, (await EndAsync(run.Id)).State);
    }

    [Fact]
    public async Task A_second_run_waits_and_a_third_is_refused_in_words()
    {
        var first = await Requests.StartAsync(_dataSet);
        var second = await Requests.StartAsync(_dataSet);
        Assert.Equal(RunState.Queued, second.State);

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => Requests.StartAsync(_dataSet));
        Assert.Equal(PlatformFault.Busy, refusal.Fault);

        _pages.Release(100);
        Assert.True((await EndAsync(first.Id)).IsSuccess);
        Assert.True((await EndAsync(second.Id)).IsSuccess);
    }

    [Fact]
    public async Task A_run_is_cancelled_once_and_then_there_is_nothing_to_cancel()
    {
        var run = await Requests.StartAsync(_dataSet);
        Requests.Cancel(run.Id);

        Assert.Equal(RunState.Cancelled, (await EndAsync(run.Id)).State);
        Assert.Equal(PlatformFault.Busy, Assert.Throws<PlatformException>(() => Requests.Cancel(run.Id)).Fault);
        Assert.Equal(PlatformFault.NotFound, Assert.Throws<PlatformException>(() => Requests.Cancel("no-such-run")).Fault);
    }

    [Fact]
    public async Task Watchers_hear_of_the_beginning_the_progress_and_the_end_of_a_run()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var heard = new List<int>();
        string? id = null;
        await foreach (var going in _platform.Part<RunFeed>().WatchAsync(stop.Token))
        {
            heard.Add(going.Count);
            if (heard.Count == 1)
            {
                id = (await Requests.StartAsync(_dataSet)).Id;
            }
            else if (going.Count == 1)
            {
                _pages.Release(100);
            }
            else
            {
                break;
            }
        }

        Assert.Equal((0, 0), (heard[0], heard[^1]));
        Assert.Contains(1, heard);
        Assert.True(Runs.Find(id!)!.IsEnded);
    }

    [Fact]
    public async Task Only_so_many_watch_at_once()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var feed = _platform.Part<RunFeed>();
        var watchers = Enumerable.Range(0, RunFeed.MostWatchers).Select(_ => feed.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token)).ToList();
        foreach (var watcher in watchers)
        {
            Assert.True(await watcher.MoveNextAsync());
        }

        await using var oneMore = feed.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await Assert.ThrowsAsync<PlatformException>(async () => await oneMore.MoveNextAsync());

        await watchers[0].DisposeAsync();
        await using var again = feed.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await again.MoveNextAsync());
    }

    private async Task<RunRecord> EndAsync(string id)
    {
        while (true)
        {
            if (Runs.Find(id) is { IsEnded: true } run)
            {
                return run;
            }

            await Task.Delay(10, Cancellation);
        }
    }
}
