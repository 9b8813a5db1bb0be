using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>
/// Lends workers, each to one operation at a time: a warm one that has the package loaded, else an unassigned one that loads it.
/// </summary>
internal sealed class WorkerPool(string executable, Func<string, WorkerLimits> limitsOf, WorkerLimits defaults, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _starts = new(defaults.StartsAtOnce);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stack<(WorkerProcess Worker, ITimer Cooling)>> _warm = [];
    private readonly Stack<WorkerProcess> _unassigned = new();
    private bool _isDisposed;

    /// <exception cref="WorkerException">No worker can be started.</exception>
    /// <exception cref="PackageLoadException">The package's code cannot be used.</exception>
    public async Task<WorkerProcess> TakeAsync(ConnectorPackage package, CancellationToken cancellationToken)
    {
        if (TakeWarm(package.Folder) is { } warm)
        {
            return warm;
        }

        var worker = TakeUnassigned(package.Manifest.Id) ?? await StartAsync(limitsOf(package.Manifest.Id), cancellationToken).ConfigureAwait(false);
        Replenish();
        try
        {
            await LoadAsync(worker, package, cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Gives a worker back after an operation; it is kept warm unless it is worn out or gone.</summary>
    public void Return(WorkerProcess worker)
    {
        worker.Handle(null);
        worker.Operations++;
        var isWornOut = worker.IsGone
            || worker.Operations >= defaults.Operations
            || time.GetElapsedTime(worker.StartedAt) > defaults.Age
            || worker.PrivateMegabytes() > defaults.IdleMegabytes;
        lock (_lock)
        {
            if (!isWornOut && !_isDisposed)
            {
                if (!_warm.TryGetValue(worker.Package!, out var stack))
                {
                    _warm[worker.Package!] = stack = new();
                }

                stack.Push((worker, time.CreateTimer(_ => Cool(worker), null, defaults.KeepWarm, Timeout.InfiniteTimeSpan)));
                return;
            }
        }

        worker.Dispose();
    }

    /// <summary>Starts the unassigned workers ahead of need.</summary>
    public void Replenish() => _ = Task.Run(async () =>
    {
        while (true)
        {
            lock (_lock)
            {
                if (_isDisposed || _unassigned.Count >= defaults.Unassigned)
                {
                    return;
                }
            }

            try
            {
                var worker = await StartAsync(defaults, CancellationToken.None).ConfigureAwait(false);
                Keep(worker);
            }
            catch (WorkerException)
            {
                // Whoever needs a worker starts one himself and is told what is wrong.
                return;
            }
        }
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (var (worker, cooling) in _warm.Values.SelectMany(stack => stack))
            {
                cooling.Dispose();
                worker.Dispose();
            }

            foreach (var worker in _unassigned)
            {
                worker.Dispose();
            }

            _warm.Clear();
            _unassigned.Clear();
        }
    }

    private async Task<WorkerProcess> StartAsync(WorkerLimits limits, CancellationToken cancellationToken)
    {
        await _starts.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WorkerProcess.StartAsync(executable, limits, time, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _starts.Release();
        }
    }

    private static async Task LoadAsync(WorkerProcess worker, ConnectorPackage package, CancellationToken cancellationToken)
    {
        var loaded = new TaskCompletionSource<ErrorMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Handle(frame => loaded.TrySetResult(frame.Kind == FrameKind.Loaded
            ? null
            : JsonSerializer.Deserialize<ErrorMessage>(frame.Payload.Span)));
        worker.SendJson(FrameKind.Load, package);
        var error = await worker.WaitAsync(loaded.Task, worker.Limits.LoadWithin, $"load {package.Manifest.Id}", cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            throw new PackageLoadException(error.Message, error.Particulars);
        }

        worker.Package = package.Folder;
    }

    private WorkerProcess? TakeWarm(string package)
    {
        lock (_lock)
        {
            while (_warm.TryGetValue(package, out var stack) && stack.TryPop(out var entry))
            {
                entry.Cooling.Dispose();
                if (!entry.Worker.IsGone)
                {
                    return entry.Worker;
                }

                entry.Worker.Dispose();
            }

            return null;
        }
    }

    // A connector with limits of its own needs a worker that was started with them.
    private WorkerProcess? TakeUnassigned(string connector)
    {
        lock (_lock)
        {
            while (limitsOf(connector) == defaults && _unassigned.TryPop(out var worker))
            {
                if (!worker.IsGone)
                {
                    return worker;
                }

                worker.Dispose();
            }

            return null;
        }
    }

    private void Keep(WorkerProcess worker)
    {
        lock (_lock)
        {
            if (!_isDisposed && _unassigned.Count < defaults.Unassigned)
            {
                _unassigned.Push(worker);
                return;
            }
        }

        worker.Dispose();
    }

    private void Cool(WorkerProcess worker)
    {
        lock (_lock)
        {
            if (!_warm.TryGetValue(worker.Package!, out var stack) || stack.All(entry => entry.Worker != worker))
            {
                return;
            }

            var rest = stack.Where(entry => entry.Worker != worker).Reverse().ToList();
            _warm[worker.Package!] = new(rest);
        }

        worker.Dispose();
    }
}
