using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// Lets only the run that has claimed an open file commit to it, and keeps what its next commit must know: nothing else changes the file, so
/// what a commit leaves behind need not be read for the one that follows.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="place">Where it must be.</param>
/// <param name="head">What the file held when it was opened.</param>
internal sealed class CommitGuard(string path, FilePlace place, LedgerHead head)
{
    private readonly Lock _lock = new();
    private long _claimed = head.Fence;
    private LedgerHead? _head = head;

    /// <summary>
    /// Claims the file for a run: from now on none with a smaller fence commits. It is kept in memory, as no other process can open the file before all that run here have let
    /// go of it; what outlives them is the fence of the last commit.
    /// </summary>
    /// <returns>What the file holds until the run commits; null when it must be read.</returns>
    /// <exception cref="PlatformException">A newer run has claimed it already.</exception>
    public LedgerHead? Claim(long fence)
    {
        lock (_lock)
        {
            if (fence <= _claimed)
            {
                throw Superseded(fence);
            }

            _claimed = fence;
            return _head;
        }
    }

    /// <exception cref="PlatformException">A newer run has claimed the file.</exception>
    public void Check(long fence)
    {
        lock (_lock)
        {
            if (_claimed != fence)
            {
                throw Superseded(fence);
            }
        }
    }

    /// <summary>Commits for the run that has claimed the file; a newer one can claim it before or after, but not meanwhile.</summary>
    /// <param name="fence">The run's.</param>
    /// <param name="transaction">What it commits.</param>
    /// <param name="next">What the file holds then; null when it must be read.</param>
    /// <exception cref="PlatformException">A newer run has claimed it, and nothing was committed; or somebody has removed or replaced it, and all is lost.</exception>
    public void Commit(long fence, DuckDBTransaction transaction, LedgerHead? next)
    {
        lock (_lock)
        {
            Check(fence);

            // Of a commit that fails only the file knows how far it came.
            _head = null;
            transaction.Commit();
            place.Check();
            _head = next;
        }
    }

    private PlatformException Superseded(long fence) => new(
        PlatformFault.Busy, $"A newer run has taken over {path}; this run (fence {fence}) changes nothing any more.");
}
