using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>One operation of a connector that runs in a worker.</summary>
internal sealed class WorkerSession : IConnectorSession
{
    // Frames under way: enough to keep both sides busy, few enough for the host's memory.
    private const int FramesAhead = 4;

    private readonly WorkerPool _pool;
    private readonly OperationPlan _plan;
    private readonly OperationSinks _sinks;
    private readonly GateKeeper _gate;
    private readonly ITimer _patience;
    private readonly Channel<RecordBatch> _batches = Channel.CreateUnbounded<RecordBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly BatchReader _reader = new();
    private readonly TaskCompletionSource<EndMessage> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private volatile WorkerProcess _worker;
    private SecretMask _mask;
    private int _batchesUnderWay;
    private bool _isAsked;

    public WorkerSession(WorkerProcess worker, WorkerPool pool, OperationPlan plan, OperationSinks sinks, IRequestGate gate, TimeProvider time)
    {
        _worker = worker;
        _pool = pool;
        _plan = plan;
        _sinks = sinks;
        _mask = SecretMask.For(plan.Credentials, plan.Package.CredentialsForm);
        _gate = new GateKeeper(SendPermit, gate);
        _patience = time.CreateTimer(_ => EndStalled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        worker.Handle(Handle);
    }

    public async Task<AccountIdentity> CheckAsync(CancellationToken cancellationToken) =>
        (await ExecuteAsync(Ask(WorkerOperation.Check), "check the account", cancellationToken).ConfigureAwait(false)).Identity!;

    public async Task<IReadOnlyList<MenuOption>> GetMenuAsync(MenuRequest request, CancellationToken cancellationToken) =>
        (await ExecuteAsync(Ask(WorkerOperation.Menu) with { Menu = request }, $"list the menu {request.Menu}", cancellationToken).ConfigureAwait(false)).Menu!;

    public async Task<JsonElement> MigrateDetailsAsync(int fromVersion, CancellationToken cancellationToken) =>
        (await ExecuteAsync(Ask(WorkerOperation.Migrate) with { FromVersion = fromVersion }, "migrate the saved details", cancellationToken).ConfigureAwait(false)).Details!.Value;

    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = ExecuteAsync(Ask(WorkerOperation.Read), "read", cancellationToken);
        _ = end.ContinueWith(_ => _batches.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await foreach (var batch in _batches.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            yield return batch;
            Credit();
        }

        await end.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isAsked && !_end.Task.IsCompleted)
        {
            await StopAsync("read").ConfigureAwait(false);
        }

        await _patience.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
        await _over.CancelAsync().ConfigureAwait(false);
        _over.Dispose();
        _pool.Return(_worker);
    }

    private BeginMessage Ask(WorkerOperation operation) =>
        new(operation, JsonSerializer.SerializeToElement(_plan with { Package = LoadMessage.Of(_plan.Package).Package with { CredentialsForm = _plan.Package.CredentialsForm } }), FramesAhead);

    private async Task<EndMessage> ExecuteAsync(BeginMessage begin, string doing, CancellationToken cancellationToken)
    {
        _isAsked = true;
        try
        {
            await TryAsync(begin, cancellationToken).ConfigureAwait(false);
            while (HasEndedIdle)
            {
                _worker = await _pool.TakeAsync(_plan.Package, cancellationToken).ConfigureAwait(false);
                _worker.Handle(Handle);
                await TryAsync(begin, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await StopAsync(doing).ConfigureAwait(false);
            throw;
        }

        if (_end.Task.IsCompleted)
        {
            return await _end.Task.ConfigureAwait(false);
        }

        var death = await _worker.DeathAsync(doing).ConfigureAwait(false);
        _pool.Quarantine.Crashed(_plan.Package, _mask.Mask(death.Message));
        throw death;
    }

    // A worker that was kept warm may end at any time before it hears of the operation: another one can do it, as nothing of it has been done, and the end says nothing of the connector.
    private bool HasEndedIdle => !_end.Task.IsCompleted && _worker is { HasBegun: false, Operations: > 0 } && !_pool.IsEnding;

    /// <summary>Gives the operation to the worker, and returns when either has ended.</summary>
    private async Task TryAsync(BeginMessage begin, CancellationToken cancellationToken)
    {
        RestartPatience();
        try
        {
            _worker.SendJson(FrameKind.Begin, begin);
            await Task.WhenAny(_end.Task, _worker.WaitForEndAsync()).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (WorkerException)
        {
            await _worker.WaitForEndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Cancels the operation; a worker that does not end it in time is ended itself.</summary>
    private async Task StopAsync(string doing)
    {
        try
        {
            _worker.Send(FrameKind.Cancel, []);
            await _worker.WaitAsync(_end.Task, _worker.Limits.CancelWithin, $"stop when it was asked to {doing}", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WorkerException or ConnectorException or Connectors.PackageLoadException or OperationCanceledException)
        {
            // However it ended, it has ended.
        }
    }

    // A worker that is gone needs no credit; its death comes out of the operation's end, in words.
    private void Credit()
    {
        Interlocked.Decrement(ref _batchesUnderWay);
        RestartPatience();
        try
        {
            _worker.Send(FrameKind.Credit, []);
        }
        catch (WorkerException)
        {
            _batches.Writer.TryComplete();
        }
    }

    private void SendPermit(int number)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, number);
        _worker.Send(FrameKind.Permit, payload);
    }

    private void RestartPatience() => _patience.Change(_worker.Limits.ProgressWithin, Timeout.InfiniteTimeSpan);

    // A worker that is silent because the host holds it back is not stalled.
    private void EndStalled()
    {
        if (Volatile.Read(ref _batchesUnderWay) == FramesAhead || _gate.HasWaiting)
        {
            RestartPatience();
            return;
        }

        _worker.Kill(string.Create(CultureInfo.InvariantCulture, $"it made no progress for {_worker.Limits.ProgressWithin.TotalSeconds:0.#} seconds"));
    }

    private void Handle(Frame frame)
    {
        RestartPatience();
        switch (frame.Kind)
        {
            case FrameKind.Batch:
                Take(frame);
                break;
            case FrameKind.Report:
                Report(Read<ReportMessage>(frame));
                break;
            case FrameKind.Ask:
                _gate.Ask(new FrameReader(frame.Payload.Span).Int32());
                break;
            case FrameKind.Release:
                _gate.Release(new FrameReader(frame.Payload.Span).Int32());
                break;
            case FrameKind.Renew:
                var number = new FrameReader(frame.Payload.Span).Int32();
                _ = Task.Run(() => RenewAsync(number));
                break;
            case FrameKind.End:
                var end = Read<EndMessage>(frame);
                _worker.Rest();
                _sinks.Usage.Set(end.Usage);
                _end.TrySetResult(end);
                break;
            case FrameKind.Error:
                var error = Read<ErrorMessage>(frame);
                _worker.Rest();
                _sinks.Usage.Set(error.Usage);
                _end.TrySetException(AsException(error));
                break;
            default:
                throw new InvalidDataException($"A frame of kind {frame.Kind} is not for the host.");
        }
    }

    // From another thread, as the receiving one must never wait for a token endpoint.
    [SuppressMessage("Design", "CA1031", Justification = "The border to the worker: whatever goes wrong is its answer.")]
    private async Task RenewAsync(int number)
    {
        RenewedMessage answer;
        try
        {
            var credentials = await _sinks.Renew!(_over.Token).ConfigureAwait(false);
            _mask = _mask.And(SecretMask.For(credentials, _plan.Package.CredentialsForm));
            answer = new(number, credentials);
        }
        catch (Exception exception)
        {
            var failure = FailureTable.Of(exception, _mask);
            answer = new(number, null, failure.Kind, failure.Message);
        }

        try
        {
            _worker.SendJson(FrameKind.Renewed, answer);
        }
        catch (WorkerException)
        {
            // Its death comes out of the operation's end.
        }
    }

    private void Take(Frame frame)
    {
        if (Interlocked.Increment(ref _batchesUnderWay) > FramesAhead)
        {
            throw new InvalidDataException("it sent more batches than it was allowed to.");
        }

        _batches.Writer.TryWrite(_reader.Read(frame.Payload.Span));
    }

    private void Report(ReportMessage report)
    {
        _sinks.Usage.Set(report.Usage);
        if (report.Level == ReportLevel.Warn)
        {
            _sinks.Reporter.Warn(report.Message);
        }
        else
        {
            _sinks.Reporter.Info(report.Message);
        }
    }

    private static Exception AsException(ErrorMessage error) => error switch
    {
        { IsLoad: true } => new Connectors.PackageLoadException(error.Message, error.Particulars),
        { Kind: { } kind } => new ConnectorException(kind, error.Message, new WorkerException(error.Particulars)),
        _ => new OperationCanceledException(),
    };

    private static T Read<T>(Frame frame) => JsonSerializer.Deserialize<T>(frame.Payload.Span)!;
}
