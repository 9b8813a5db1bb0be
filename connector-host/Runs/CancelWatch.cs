using System.Collections.Concurrent;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Cancels the runs of this process that somebody asks to cancel, here or in another process.</summary>
internal sealed class CancelWatch : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, RunStop> _runs = new();
    private readonly RunStore _store;
    private readonly string _instance;
    private readonly ITimer _timer;

    public CancelWatch(RunStore store, DataFolder folder, TimeProvider time)
    {
        (_store, _instance) = (store, folder.Instance);
        _timer = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <summary>Watches a run until the answer is disposed.</summary>
    public IDisposable Watch(string runId, RunStop stop)
    {
        _runs[runId] = stop;
        return new Watched(this, runId);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_runs.IsEmpty)
        {
            return;
        }

        try
        {
            foreach (var id in _store.CancelAsked(_instance))
            {
                _runs.GetValueOrDefault(id)?.Cancel();
            }
        }
        catch (PlatformException)
        {
            // The store is busy or gone; the next look follows, and the run's own end will tell.
        }
    }

    private sealed class Watched(CancelWatch watch, string runId) : IDisposable
    {
        public void Dispose() => watch._runs.TryRemove(runId, out _);
    }
}
