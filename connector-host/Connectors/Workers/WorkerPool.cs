using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>
/// Lends workers, each to one operation at a time: a warm one that has the package loaded, else an unassigned one that loads it.
/// </summary>
internal sealed class WorkerPool(string executable, Func<string, WorkerLimits> limitsOf, WorkerLimits defaults, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _starts = new(defaults.StartsAtOnce);
    private readonly Lock _lock = new();
    private readonly HashSet<WorkerProcess> _all = [];
    private readonly List<(WorkerProcess Worker, ITimer Cooling)> _warm = [];
    private readonly Stack<WorkerProcess> _unassigned = new();
    private int _replenishing;
    private bool _isReplenished;
    private volatile bool _isDisposed;

    /// <summary>Which packages are refused because they crash.</summary>
    public Quarantine Quarantine { get; } = new(time);

    /// <summary>Whether it ends all workers, so that their deaths say nothing of their packages.</summary>
    public bool IsEnding => _isDisposed;

    /// <summary>Every worker that this pool has started and that lives.</summary>
    public IReadOnlyList<WorkerProcess> Workers
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>How many of them wait for a package.</summary>
    public int Unassigned
    {
        get
        {
            lock (_lock)
            {
                return _unassigned.Count;
            }
        }
    }

    /// <exception cref="WorkerException">The worker ended while it loaded the package.</exception>
    /// <exception cref="PlatformException">No worker can be started.</exception>
    /// <exception cref="PackageLoadException">The package's code cannot be used, or is in quarantine.</exception>
    public async Task<WorkerProcess> TakeAsync(ConnectorPackage package, CancellationToken cancellationToken)
    {
        Quarantine.Check(package);
        if (TakeWarm(WorkerProcess.KeyOf(package)) is { } warm)
        {
            return warm;
        }

        var ahead = TakeUnassigned(package.Manifest.Id);
        var worker = ahead ?? await StartAsync(limitsOf(package.Manifest.Id), cancellationToken).ConfigureAwait(false);
        if (_isReplenished)
        {
            Replenish();
        }

        try
        {
            await LoadAsync(worker, package, cancellationToken).ConfigureAwait(false);
            return worker;
        }
        catch (Exception exception)
        {
            worker.Dispose();
            if (exception is WorkerException && worker == ahead && !worker.HasBegun && !_isDisposed)
            {
                // It ended while it waited for a package, which says nothing of this one.
                return await TakeAsync(package, cancellationToken).ConfigureAwait(false);
            }

            if (exception is WorkerException)
            {
                Quarantine.Crashed(package, exception.Message);
            }

            throw;
        }
    }

    /// <summary>Gives a worker back after an operation; it is kept warm unless it is worn out or gone.</summary>
    public void Return(WorkerProcess worker)
    {
        worker.Rest();
        worker.Operations++;
        var isWornOut = worker.IsGone
            || worker.Operations >= worker.Limits.Operations
            || time.GetElapsedTime(worker.StartedAt) > worker.Limits.Age
            || ProcessMemory.IsLarger(worker.Id, worker.Limits.IdleMegabytes);
        lock (_lock)
        {
            if (!isWornOut && !_isDisposed)
            {
                _warm.Add((worker, time.CreateTimer(_ => Cool(worker), null, worker.Limits.KeepWarm, Timeout.InfiniteTimeSpan)));
                return;
            }
        }

        worker.Dispose();
    }

    /// <summary>Starts the unassigned workers ahead of need, now and whenever one is taken: for a host that lives long.</summary>
    public void Replenish()
    {
        _isReplenished = true;
        if (Interlocked.Exchange(ref _replenishing, 1) == 0)
        {
            _ = Task.Run(FillAsync);
        }
    }

    public void Dispose()
    {
        WorkerProcess[] all;
        lock (_lock)
        {
            _isDisposed = true;
            _warm.ForEach(entry => entry.Cooling.Dispose());
            _warm.Clear();
            _unassigned.Clear();
            all = [.. _all];
        }

        foreach (var worker in all)
        {
            worker.Dispose();
        }
    }

    private async Task FillAsync()
    {
        try
        {
            while (NeedsUnassigned())
            {
                Keep(await StartAsync(defaults, CancellationToken.None).ConfigureAwait(false));
            }
        }
        catch (Exception exception) when (exception is PlatformException)
        {
            // Whoever needs a worker starts one himself and is told what is wrong.
        }
        finally
        {
            Volatile.Write(ref _replenishing, 0);
        }
    }

    private bool NeedsUnassigned()
    {
        lock (_lock)
        {
            return !_isDisposed && _unassigned.Count < defaults.Unassigned;
        }
    }

    private async Task<WorkerProcess> StartAsync(WorkerLimits limits, CancellationToken cancellationToken)
    {
        await _starts.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var worker = await WorkerProcess.StartAsync(executable, limits, time, cancellationToken).ConfigureAwait(false);
            Register(worker);
            return worker;
        }
        catch (WorkerException exception)
        {
            // No connector's code has run yet.
            throw new PlatformException(PlatformFault.Storage, exception.Message, exception);
        }
        finally
        {
            _starts.Release();
        }
    }

    private void Register(WorkerProcess worker)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _all.Add(worker);
                _ = worker.WaitForEndAsync().ContinueWith(_ => Forget(worker), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return;
            }
        }

        worker.Dispose();
        throw new WorkerException("The host is ending.");
    }

    private void Forget(WorkerProcess worker)
    {
        lock (_lock)
        {
            _all.Remove(worker);
        }
    }

    private static async Task LoadAsync(WorkerProcess worker, ConnectorPackage package, CancellationToken cancellationToken)
    {
        var loaded = new TaskCompletionSource<ErrorMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Handle(frame => loaded.TrySetResult(frame.Kind == FrameKind.Loaded
            ? null
            : JsonSerializer.Deserialize<ErrorMessage>(frame.Payload.Span)));
        var doing = $"load {package.Manifest.Id}";
        try
        {
            worker.SendJson(FrameKind.Load, LoadMessage.Of(package));
        }
        catch (WorkerException)
        {
            // Why it is gone says more than that it is.
            throw await worker.DeathAsync(doing).ConfigureAwait(false);
        }

        var error = await worker.WaitAsync(loaded.Task, worker.Limits.LoadWithin, doing, cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            throw new PackageLoadException(error.Message, error.Particulars);
        }

        worker.Package = WorkerProcess.KeyOf(package);
    }

    // The latest first: its caches are the warmest, and the others may cool.
    private WorkerProcess? TakeWarm(string package)
    {
        lock (_lock)
        {
            while (_warm.FindLastIndex(entry => entry.Worker.Package == package) is >= 0 and var index)
            {
                var (worker, cooling) = _warm[index];
                cooling.Dispose();
                _warm.RemoveAt(index);
                if (!worker.IsGone)
                {
                    return worker;
                }
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
            }

            return null;
        }
    }

    private void Keep(WorkerProcess worker)
    {
        lock (_lock)
        {
            if (!_isDisposed)
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
            if (_warm.RemoveAll(entry => entry.Worker == worker) == 0)
            {
                return;
            }
        }

        worker.Dispose();
    }
}
