using System.Buffers.Binary;
using System.Collections.Concurrent;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>Asks the account's gate for a worker's requests, and gives back what a worker that is gone still held.</summary>
internal sealed class GateKeeper(WorkerProcess worker, IRequestGate gate) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentDictionary<int, CancellationTokenSource> _waiting = new();
    private readonly ConcurrentDictionary<int, IDisposable> _slots = new();

    public void Ask(int number)
    {
        var waiting = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        _waiting[number] = waiting;
        _ = EnterAsync(number, waiting);
    }

    public void Release(int number)
    {
        if (_waiting.TryRemove(number, out var waiting))
        {
            waiting.Cancel();
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

    private async Task EnterAsync(int number, CancellationTokenSource waiting)
    {
        try
        {
            var slot = await gate.EnterAsync(waiting.Token).ConfigureAwait(false);
            _slots[number] = slot;

            // Released while it was being admitted: nobody else would give the slot back.
            if (!_waiting.TryRemove(number, out _) || _over.IsCancellationRequested)
            {
                Release(number);
                return;
            }

            SendPermit(number);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WorkerException)
        {
            Release(number);
        }
    }

    private void SendPermit(int number)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, number);
        worker.Send(FrameKind.Permit, payload);
    }
}
