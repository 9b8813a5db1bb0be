using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Tells watchers when something about the runs that go on or wait has changed. However many watch, the store is asked once a second, and not at all when
/// nobody does; a slow watcher misses changes in between, never the last.
/// </summary>
internal sealed class RunFeed : IDisposable
{
    public const int MostWatchers = 200;

    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly RunStore _runs;
    private readonly Lock _lock = new();
    private readonly HashSet<Channel<IReadOnlyList<RunRecord>>> _watchers = [];
    private readonly ITimer _timer;
    private IReadOnlyList<RunRecord> _last = [];
    private bool _isLooking;

    public RunFeed(RunStore runs, TimeProvider time)
    {
        _runs = runs;
        _timer = time.CreateTimer(_ => Look(), null, Every, Every);
    }

    /// <summary>The runs that go on or wait: as they are now, then after each change, until cancelled.</summary>
    /// <exception cref="PlatformException">Too many watch already.</exception>
    public async IAsyncEnumerable<IReadOnlyList<RunRecord>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<IReadOnlyList<RunRecord>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var now = _runs.Unfinished();
        lock (_lock)
        {
            if (_watchers.Count >= MostWatchers)
            {
                throw new PlatformException(PlatformFault.Busy, "Too many pages watch runs already; load this one anew to see how far they are.");
            }

            _watchers.Add(channel);
            _last = _watchers.Count == 1 ? now : _last;
        }

        try
        {
            yield return now;
            await foreach (var runs in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return runs;
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(channel);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            if (_watchers.Count == 0 || _isLooking)
            {
                return;
            }

            _isLooking = true;
        }

        try
        {
            Tell(_runs.Unfinished());
        }
        catch (PlatformException)
        {
            // The store is busy or gone; the next second tells more.
        }
        finally
        {
            lock (_lock)
            {
                _isLooking = false;
            }
        }
    }

    private void Tell(IReadOnlyList<RunRecord> now)
    {
        lock (_lock)
        {
            if (now.Select(Seen).SequenceEqual(_last.Select(Seen)))
            {
                return;
            }

            _last = now;
            foreach (var watcher in _watchers)
            {
                watcher.Writer.TryWrite(now);
            }
        }
    }

    private static (string Id, RunState State, RunPhase Phase, int Attempts, string? WaitingFor, RunCounts Counts) Seen(RunRecord run) =>
        (run.Id, run.State, run.Phase, run.Attempts, run.WaitingFor, run.Counts);
}
