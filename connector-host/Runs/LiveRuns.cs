using System.Collections.Concurrent;

namespace ConnectorPlatform.Host.Runs;

/// <summary>
/// Brings the records of the runs that go on in this process up to date once a second, so that other processes see how far they are: with one
/// statement for all, and none for a run that is over within a second.
/// </summary>
internal sealed class LiveRuns : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Followed, byte> _runs = new();
    private readonly RunStore _store;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public LiveRuns(RunStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _timer = time.CreateTimer(_ => Write(), null, Every, Every);
    }

    /// <summary>Follows an attempt until the answer is disposed.</summary>
    /// <param name="now">The record as it stands when asked.</param>
    public IDisposable Follow(Func<RunRecord> now)
    {
        var followed = new Followed(this, now, _time.GetTimestamp());
        _runs[followed] = 0;
        return followed;
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Writes what has changed since the last time.</summary>
    public void Write()
    {
        var changed = _runs.Keys.Where(run => _time.GetElapsedTime(run.Since) >= Every).Select(run => run.Changed()).OfType<RunRecord>().ToList();
        if (changed.Count == 0)
        {
            return;
        }

        try
        {
            _store.Follow(changed);
        }
        catch (PlatformException)
        {
            // The store is busy or gone; the next second tells more, and the run's own end all.
        }
    }

    private sealed class Followed(LiveRuns all, Func<RunRecord> now, long since) : IDisposable
    {
        private (RunCounts Counts, int Phases) _seen = (new RunCounts(), 0);

        public long Since => since;

        /// <summary>The record, when it tells more than the last time.</summary>
        public RunRecord? Changed()
        {
            var run = now();
            if (_seen == (run.Counts, run.Phases.Count))
            {
                return null;
            }

            _seen = (run.Counts, run.Phases.Count);
            return run;
        }

        public void Dispose() => all._runs.TryRemove(this, out _);
    }
}
