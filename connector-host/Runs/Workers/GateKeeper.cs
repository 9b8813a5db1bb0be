using System.Collections.Concurrent;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>Asks the account's gate for a worker's requests, and gives back what a worker that is gone still held.</summary>
/// <param name="permit">Tells the worker that the request of a number may begin.</param>
/// <param name="gate">The account's.</param>
internal sealed class GateKeeper(Action<int> permit, IRequestGate gate) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<int, CancellationTokenSource> _waiting = new();
    private readonly ConcurrentDictionary<int, IDisposable> _slots = new();

    /// <summary>Whether a request waits for its turn.</summary>
    public bool HasWaiting => !_waiting.IsEmpty;

    /// <summary>Returns at once: the answer is sent from another thread, as the receiving one must never wait for the pipe.</summary>
    public void Ask(int number)
    {
        var waiting = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        _waiting[number] = waiting;
        _ = Task.Run(() => EnterAsync(number, waiting.Token));
    }

    public void Release(int number)
    {
        if (_waiting.TryRemove(number, out var waiting))
        {
            waiting.Cancel();
            waiting.Dispose();
        }

        if (_slots.TryRemove(number, out var slot))
        {
            slot.Dispose();
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        foreach (var number in _slots.Keys)
        {
            Release(number);
        }
    }

    private async Task EnterAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            var slot = await gate.EnterAsync(cancellationToken).ConfigureAwait(false);
            _slots[number] = slot;

            // Released while it was being admitted: nobody else would give the slot back.
            if (_waiting.TryRemove(number, out var waiting) && !_over.IsCancellationRequested)
            {
                permit(number);
            }
            else
            {
                Release(number);
            }

            waiting?.Dispose();
        }
        catch (Exception exception) when (exception is OperationCanceledException or WorkerException)
        {
            Release(number);
        }
    }
}
