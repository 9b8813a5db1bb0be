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
    private readonly WorkerLimits _limits;
    private readonly TimeProvider _time;
    private readonly ErrorTail _errors;
    private readonly TaskCompletionSource<ReadyMessage> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _pinging;
    private Action<Frame>? _handler;
    private long _lastPong;
    private string? _killedBecause;

    private WorkerProcess(Process process, WorkerLimits limits, TimeProvider time)
    {
        _process = process;
        _limits = limits;
        _time = time;
        StartedAt = time.GetTimestamp();
        _lastPong = StartedAt;
        _pipe = new FramePipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _errors = new ErrorTail(process.StandardError.BaseStream);
        new Thread(Receive) { IsBackground = true, Name = $"worker {process.Id}" }.Start();
        _pinging = time.CreateTimer(_ => Ping(), null, limits.PingEvery, limits.PingEvery);
    }

    public int Id => _process.Id;

    public WorkerLimits Limits => _limits;

    public long StartedAt { get; }

    /// <summary>How many operations it has served.</summary>
    public int Operations { get; set; }

    /// <summary>The folder of the package that it has loaded; null before.</summary>
    public string? Package { get; set; }

    public bool IsGone => _gone.Task.IsCompleted;

    /// <summary>Ends when the process is gone.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Starts a worker and waits until it is up.</summary>
    /// <exception cref="WorkerException">It does not come up.</exception>
    public static async Task<WorkerProcess> StartAsync(string executable, WorkerLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        var process = Process.Start(StartOf(executable, limits)) ?? throw new WorkerException("The worker could not be started.");
        ChildLimits.Apply(process.Id, limits);
        var worker = new WorkerProcess(process, limits, time);
        try
        {
            var ready = await worker.WaitAsync(worker._ready.Task, limits.ReadyWithin, "start", cancellationToken).ConfigureAwait(false);
            return ready.Protocol == Frame.ProtocolVersion
                ? worker
                : throw new WorkerException($"The worker speaks version {ready.Protocol} of the protocol, the host version {Frame.ProtocolVersion}: both must be of the same build.");
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>From now on the worker's frames go to the handler, on the receiving thread.</summary>
    public void Handle(Action<Frame>? handler) => _handler = handler;

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

        return task.IsCompleted ? await task.ConfigureAwait(false) : throw Death(doing);
    }

    /// <summary>Ends the process and all that it has started.</summary>
    public void Kill(string because)
    {
        _killedBecause ??= because;
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It is gone already; what it has started may not be.
        }

        ChildLimits.EndGroup(_process.Id);
    }

    /// <summary>Why the worker is gone, in words.</summary>
    public WorkerException Death(string doing)
    {
        var how = _killedBecause is not null ? $"was stopped because {_killedBecause}" : $"ended {ExitText()}";
        var last = _errors.LastLines();
        return new WorkerException($"The connector's process {how} while it was asked to {doing}.{(last.Length == 0 ? "" : $" Its last words: {last}")}", null, _errors.Text);
    }

    /// <summary>Megabytes that only this process uses; 0 where that cannot be told.</summary>
    public long PrivateMegabytes()
    {
        try
        {
            return File.ReadLines($"/proc/{Id}/smaps_rollup")
                .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        _pinging.Dispose();
        Kill("it is not needed any more");
        _pipe.Dispose();
    }

    private static ProcessStartInfo StartOf(string executable, WorkerLimits limits)
    {
        var start = new ProcessStartInfo(executable, "worker")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };

        // Only what a runtime needs: the host's secrets, proxies and settings are not a connector's business.
        foreach (var name in start.Environment.Keys.Except(["PATH", "LANG", "TZ", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SSL_CERT_DIR", "SSL_CERT_FILE"]).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = (((long)limits.MemoryMegabytes << 20) * 3 / 4).ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with what arrives, the worker must end and its operation be told.")]
    private void Receive()
    {
        try
        {
            while (_pipe.Receive() is { } frame)
            {
                _lastPong = _time.GetTimestamp();
                if (frame.Kind == FrameKind.Ready)
                {
                    _ready.TrySetResult(JsonSerializer.Deserialize<ReadyMessage>(frame.Payload.Span)!);
                }
                else if (frame.Kind != FrameKind.Pong)
                {
                    _handler?.Invoke(frame);
                }
            }
        }
        catch (Exception exception)
        {
            Kill($"what it sent cannot be used: {exception.Message}");
        }

        // The pipe may be closed by a process that lives on.
        if (!_process.WaitForExit(_limits.CancelWithin))
        {
            Kill("it closed its pipe without ending");
            _process.WaitForExit();
        }

        ChildLimits.EndGroup(_process.Id);
        _gone.TrySetResult();
    }

    private void Ping()
    {
        if (_time.GetElapsedTime(_lastPong) > _limits.PongWithin + _limits.PingEvery)
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

    private string ExitText() => _process.ExitCode switch
    {
        > 128 and var code when Signals.TryGetValue(code - 128, out var name) => $"by signal {name}",
        var code => $"with exit code {code.ToString(CultureInfo.InvariantCulture)}",
    };

    private static readonly Dictionary<int, string> Signals = new()
    {
        [4] = "SIGILL (illegal instruction)",
        [6] = "SIGABRT (unhandled exception, FailFast or stack overflow)",
        [7] = "SIGBUS (a mapped file was changed or cut)",
        [8] = "SIGFPE",
        [9] = "SIGKILL (killed, often for want of memory)",
        [11] = "SIGSEGV (wild pointer)",
        [15] = "SIGTERM",
    };
}

/// <summary>A worker is gone or cannot be used; the message is for the user.</summary>
/// <param name="particulars">The end of its standard error, for the log.</param>
internal sealed class WorkerException(string message, Exception? inner = null, string? particulars = null) : Exception(message, inner)
{
    public string? Particulars { get; } = particulars;
}
