using System.Collections.Concurrent;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>Asks the host, which keeps the accounts' budgets, whether a request may begin.</summary>
internal sealed class RemoteGate(Action<FrameKind, int> send) : IRequestGate
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private int _lastNumber;

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var permitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = permitted;
        send(FrameKind.Ask, number);
        try
        {
            await permitted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Slot(() => send(FrameKind.Release, number));
        }
        catch
        {
            send(FrameKind.Release, number);
            throw;
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }

    public void Permit(int number)
    {
        if (_waiting.TryGetValue(number, out var permitted))
        {
            permitted.TrySetResult();
        }
    }

    private sealed class Slot(Action release) : IDisposable
    {
        private int _isReleased;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            {
                release();
            }
        }
    }
}
