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

    /// <summary>It waits behind all others, and whoever comes meanwhile waits for it whatever his own policy: a slice of a backfill.</summary>
    Yield,
}

/// <summary>Lets one run at a time into a DataSet, and at most one wait for it; besides, a slice of a backfill may wait behind both.</summary>
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
                _slots.Add(dataSetId, new Slot { Running = stop, IsYielding = overlap == Overlap.Yield });
                return new Claim(this, dataSetId, Task.CompletedTask);
            }

            if (overlap == Overlap.Yield)
            {
                return new Claim(this, dataSetId, slot.WaitBehind(stop, name).Task);
            }

            if (overlap == Overlap.Refuse && !slot.IsYielding)
            {
                throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{name}\" is running already; wait for that run to end, or cancel it.");
            }

            if (slot.Next is not null)
            {
                throw new PlatformException(PlatformFault.Busy, $"The DataSet \"{name}\" is running already, and another run waits for that one to end: this one is not queued.");
            }

            slot.Next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            slot.NextStop = stop;
            if (overlap == Overlap.CancelRunning && !slot.IsYielding)
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
            if (!turn.IsCompleted)
            {
                slot.GiveUp(turn);
            }
            else if (!slot.TryPassOn())
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
        private TaskCompletionSource? _last;
        private RunStop? _lastStop;

        public required RunStop Running { get; set; }

        /// <summary>Whether a slice of a backfill is running.</summary>
        public required bool IsYielding { get; set; }

        public TaskCompletionSource? Next { get; set; }

        public RunStop? NextStop { get; set; }

        /// <summary>Takes the place behind all others.</summary>
        public TaskCompletionSource WaitBehind(RunStop stop, string name)
        {
            if (_last is not null || IsYielding)
            {
                throw new PlatformException(PlatformFault.Busy, $"A backfill of the DataSet \"{name}\" is going on already.");
            }

            _lastStop = stop;
            return _last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void GiveUp(Task turn)
        {
            if (Next?.Task == turn)
            {
                Next = null;
            }
            else if (_last?.Task == turn)
            {
                _last = null;
            }
        }

        /// <summary>Gives the turn to whoever waits.</summary>
        /// <returns>False when nobody does.</returns>
        public bool TryPassOn()
        {
            var next = Next ?? _last;
            if (next is null)
            {
                return false;
            }

            if (next == Next)
            {
                (Running, Next, IsYielding) = (NextStop!, null, false);
            }
            else
            {
                (Running, _last, IsYielding) = (_lastStop!, null, true);
            }

            next.SetResult();
            return true;
        }
    }
}
