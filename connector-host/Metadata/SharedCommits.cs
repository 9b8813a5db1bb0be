using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace ConnectorPlatform.Host.Metadata;

/// <summary>
/// Lets writes that come at the same time share a commit, as each commit waits for the disk: whoever's turn it is does his own and all that have come
/// meanwhile, and nobody returns before his is durable.
/// </summary>
/// <param name="commit">Tries writes and commits those that succeed; throws when nothing was committed.</param>
internal sealed class SharedCommits<TConnection>(Action<IReadOnlyList<SharedWrite<TConnection>>> commit)
{
    private readonly Lock _turn = new();
    private readonly ConcurrentQueue<SharedWrite<TConnection>> _waiting = new();

    /// <summary>Writes that have come and whose commit has not begun.</summary>
    public int Waiting => _waiting.Count;

    /// <returns>What the work returned.</returns>
    /// <exception cref="Exception">What the work threw, or the commit.</exception>
    public T Do<T>(Func<TConnection, T> work)
    {
        var write = new SharedWrite<TConnection>(connection => work(connection));
        _waiting.Enqueue(write);
        lock (_turn)
        {
            if (!write.IsDone)
            {
                Commit();
            }
        }

        return (T)write.Result!;
    }

    private void Commit()
    {
        var writes = new List<SharedWrite<TConnection>>();
        while (_waiting.TryDequeue(out var write))
        {
            writes.Add(write);
        }

        // Where they cannot be committed together, each alone shows whose fault that is.
        if (writes.Count == 1 || !TryCommit(writes))
        {
            writes.ForEach(write => TryCommit([write]));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever keeps a commit from being made is for those to hear whose writes it had.")]
    private bool TryCommit(List<SharedWrite<TConnection>> writes)
    {
        try
        {
            commit(writes);
            writes.ForEach(write => write.IsDone = true);
            return true;
        }
        catch (Exception exception)
        {
            if (writes is [var write])
            {
                write.Failure ??= ExceptionDispatchInfo.Capture(exception);
                write.IsDone = true;
            }

            return false;
        }
    }
}

/// <summary>One caller's part of a commit.</summary>
internal sealed class SharedWrite<TConnection>(Func<TConnection, object?> work)
{
    private object? _result;

    /// <summary>Whether the caller can be told how it ended.</summary>
    public bool IsDone { get; set; }

    public ExceptionDispatchInfo? Failure { get; set; }

    public object? Result
    {
        get
        {
            Failure?.Throw();
            return _result;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "What one write throws goes to its own caller, and to none of those that share its commit.")]
    public bool Try(TConnection connection)
    {
        (Failure, _result) = (null, null);
        try
        {
            _result = work(connection);
            return true;
        }
        catch (Exception exception)
        {
            Failure = ExceptionDispatchInfo.Capture(exception);
            return false;
        }
    }
}
