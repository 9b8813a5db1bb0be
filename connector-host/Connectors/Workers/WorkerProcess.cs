using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>A worker process as the host sees it: starts it, receives its frames on a thread of its own, watches that it answers, and ends it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly FramePipe _pipe;
    private readonly TimeProvider _time;
    private readonly ErrorTail _errors;
    private readonly TaskCompletionSource<ReadyMessage> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _pinging;
    private volatile Action<Frame>? _handler;
    private long _lastFrame;
    private string? _killedBecause;

    private WorkerProcess(Process process, WorkerLimits limits, TimeProvider time)
    {
        _process = process;
        _time = time;
        Id = process.Id;
        Limits = limits;
        StartedAt = time.GetTimestamp();
        _pipe = new FramePipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _errors = new ErrorTail(process.StandardError.BaseStream);
        _pinging = time.CreateTimer(_ => Ping(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        new Thread(Receive) { IsBackground = true, Name = $"worker {Id}" }.Start();
    }

    public int Id { get; }

    public WorkerLimits Limits { get; }

    public long StartedAt { get; }

    /// <summary>When it last sent anything.</summary>
    public long LastFrame => Volatile.Read(ref _lastFrame);

    /// <summary>How many operations it has served.</summary>
    public int Operations { get; set; }

    /// <summary>The package that it has loaded, as <see cref="KeyOf"/> names it; null before.</summary>
    public string? Package { get; set; }

    public bool IsGone => _gone.Task.IsCompleted;

    /// <summary>Whether it has begun with what it was last asked for.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Ends when the process is gone.</summary>
    public Task WaitForEndAsync() => _gone.Task;

    /// <summary>What a worker can load once: another version in the same folder is another package.</summary>
    public static string KeyOf(ConnectorPackage package) => $"{package.Folder}|{package.Manifest.Version}";

    /// <summary>Starts a worker and waits until it is up.</summary>
    /// <exception cref="WorkerException">It does not come up.</exception>
    /// <exception cref="PlatformException">There is no such program, or it may not be started.</exception>
    public static async Task<WorkerProcess> StartAsync(string executable, WorkerLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var worker = new WorkerProcess(Start(executable, limits), limits, time);
        try
        {
            var ready = await worker.WaitAsync(worker._ready.Task, limits.ReadyWithin, "start", cancellationToken).ConfigureAwait(false);
            if (ready.Protocol != Frame.ProtocolVersion)
            {
                throw new WorkerException($"The worker speaks version {ready.Protocol} of the protocol, the host version {Frame.ProtocolVersion}: both must be of the same build.");
            }

            worker._lastFrame = time.GetTimestamp();
            worker._pinging.Change(limits.PingEvery, limits.PingEvery);
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>From now on the worker's frames go to the handler, on the receiving thread, which must not be held up.</summary>
    public void Handle(Action<Frame> handler)
    {
        _errors.Clear();
        HasBegun = false;
        _handler = handler;
    }

    /// <summary>The worker has nothing to do; whatever it sends now belongs to nobody, and is its end.</summary>
    public void Rest() => _handler = null;

    /// <exception cref="WorkerException">The worker is gone.</exception>
    public void Send(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        try
        {
            _pipe.Send(kind, payload);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            throw new WorkerException("The worker is gone.", exception);
        }
    }

    public void SendJson<T>(FrameKind kind, T content) => Send(kind, JsonSerializer.SerializeToUtf8Bytes(content));

    /// <summary>Waits for a task, at most so long, and no longer than the process lives.</summary>
    /// <exception cref="WorkerException">It took too long, and the worker was killed; or the worker has ended.</exception>
    public async Task<T> WaitAsync<T>(Task<T> task, TimeSpan atMost, string doing, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await Task.WhenAny(task, _gone.Task).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Kill(string.Create(CultureInfo.InvariantCulture, $"it did not {doing} within {atMost.TotalSeconds:0.#} seconds"));
            await _gone.Task.ConfigureAwait(false);
        }

        return task.IsCompleted ? await task.ConfigureAwait(false) : throw await DeathAsync(doing).ConfigureAwait(false);
    }

    /// <summary>Ends the process and all that it has started.</summary>
    public void Kill(string because)
    {
        if (IsGone)
        {
            // Its number may be another process's by now.
            return;
        }

        Interlocked.CompareExchange(ref _killedBecause, because, null);
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It is gone already; what it has started may not be.
        }

        ChildLimits.EndGroup(Id);
    }

    /// <summary>Waits until the worker is gone and tells why, in words.</summary>
    public async Task<WorkerException> DeathAsync(string doing)
    {
        var exitCode = await _gone.Task.ConfigureAwait(false);
        var how = _killedBecause is not null ? $"was stopped because {_killedBecause}" : $"ended {ExitWords.Of(exitCode)}";
        var last = _errors.LastLines();
        return new WorkerException($"The connector's process {how} while it was asked to {doing}.{(last.Length == 0 ? "" : $" Its last words: {last}")}", null, _errors.Particulars());
    }

    /// <inheritdoc cref="ProcessMemory.PrivateMegabytes"/>
    public long PrivateMegabytes() => ProcessMemory.PrivateMegabytes(Id);

    /// <summary>Ends the process; its pipes are closed when it is gone.</summary>
    public void Dispose() => Kill("it is not needed any more");

    private static Process Start(string executable, WorkerLimits limits)
    {
        try
        {
            var process = Process.Start(StartOf(executable, limits))!;
            ChildLimits.Apply(process.Id, limits.MemoryMegabytes, limits.Nice);
            return process;
        }
        catch (Win32Exception exception)
        {
            throw new PlatformException(PlatformFault.Storage, $"The worker {executable} cannot be started: {exception.Message}", exception);
        }
    }

    private static ProcessStartInfo StartOf(string executable, WorkerLimits limits)
    {
        var start = ChildProgram.StartOf(executable, "worker", limits.MemoryMegabytes * 3 / 4);
        if (limits.TimeZone is { } zone)
        {
            start.Environment["TZ"] = zone;
        }

        if (limits.FirstRetryDelay is { } delay)
        {
            start.Environment[WorkerLimits.FirstRetryDelayVariable] = delay.ToString("c", CultureInfo.InvariantCulture);
        }

        return start;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with what arrives, the worker must end and its operation be told.")]
    private void Receive()
    {
        try
        {
            while (_pipe.Receive() is { } frame)
            {
                Volatile.Write(ref _lastFrame, _time.GetTimestamp());
                Dispatch(frame);
            }
        }
        catch (Exception exception)
        {
            Kill($"what it sent cannot be used: {exception.Message}");
        }

        End();
    }

    private void Dispatch(Frame frame)
    {
        if (frame.Kind == FrameKind.Ready)
        {
            _ready.TrySetResult(JsonSerializer.Deserialize<ReadyMessage>(frame.Payload.Span)!);
        }
        else if (frame.Kind == FrameKind.Begun)
        {
            HasBegun = true;
        }
        else if (frame.Kind != FrameKind.Pong)
        {
            (_handler ?? throw new InvalidDataException($"a frame of kind {frame.Kind} came while it had nothing to do.")).Invoke(frame);
        }
    }

    private void End()
    {
        // The pipe may be closed by a process that lives on.
        using (var patience = new CancellationTokenSource(Limits.CancelWithin, _time))
        using (patience.Token.Register(() => Kill("it closed its pipe without ending")))
        {
            _process.WaitForExitAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        _pinging.Dispose();
        ChildLimits.EndGroup(Id);
        _errors.Finish();
        _gone.TrySetResult(_process.ExitCode);
        _pipe.Dispose();
        _process.Dispose();
    }

    private void Ping()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastFrame)) > Limits.PongWithin + Limits.PingEvery)
        {
            Kill("it hangs and does not answer");
            return;
        }

        // From the pool: a worker that reads nothing would block the timer's thread.
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                Send(FrameKind.Ping, []);
            }
            catch (WorkerException)
            {
                // Its end is noticed by the receiving thread.
            }
        });
    }
}
