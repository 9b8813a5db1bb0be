namespace ConnectorPlatform.Host.Runs;

/// <summary>What becomes of a run that is asked for while its DataSet is running.</summary>
internal enum Overlap
{
    /// <summary>It is refused with a message.</summary>
    Refuse,

    /// <summary>One waits; further ones are refused.</summary>
    QueueOne,

    /// <summary>The running one is cancelled, and this one follows.</summary>
    CancelRunning,
}

/// <summary>Lets one run at a time into a DataSet, and at most one wait for it.</summary>
internal sealed class RunSlots
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Slot> _slots = [];

    /// <summary>Claims the DataSet for a run, or a place behind the one that runs.</summary>
    /// <exception cref="PlatformException">It is running, and the policy lets nobody wait, or somebody waits already.</exception>
    public Claim Enter(string dataSetId, string name, Overlap overlap, RunStop stop)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(dataSetId, out var slot))
            {
                _slots.Add(dataSetId, new Slot { Running = stop });
                return new Claim(this, dataSetId, Task.CompletedTask);
            }

            if (overlap == Overlap.Refuse)
            {
                throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{name}\" is running already; wait for that run to end, or cancel it.");
            }

            if (slot.Next is not null)
            {
                throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{name}\" is running already, and another run waits for that one to end: this one is not queued.");
            }

            slot.Next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            slot.NextStop = stop;
            if (overlap == Overlap.CancelRunning)
            {
                slot.Running.Cancel();
            }

            return new Claim(this, dataSetId, slot.Next.Task);
        }
    }

    private void Leave(string dataSetId, Task turn)
    {
        lock (_lock)
        {
            var slot = _slots[dataSetId];
            if (slot.Next?.Task == turn && !turn.IsCompleted)
            {
                // It gave up waiting.
                slot.Next = null;
            }
            else if (slot.Next is { } next)
            {
                (slot.Running, slot.Next) = (slot.NextStop!, null);
                next.SetResult();
            }
            else
            {
                _slots.Remove(dataSetId);
            }
        }
    }

    /// <summary>The right to run in a DataSet, once its turn has come, until disposed.</summary>
    internal sealed class Claim(RunSlots slots, string dataSetId, Task turn) : IDisposable
    {
        public bool HasTurn => turn.IsCompleted;

        public Task TurnAsync(CancellationToken cancellationToken) => turn.WaitAsync(cancellationToken);

        public void Dispose() => slots.Leave(dataSetId, turn);
    }

    private sealed class Slot
    {
        public required RunStop Running { get; set; }

        public TaskCompletionSource? Next { get; set; }

        public RunStop? NextStop { get; set; }
    }
}
