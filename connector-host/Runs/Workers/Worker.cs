using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Sessions;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>The worker's side of the protocol: executes one connector's code, one operation at a time, for the host at the other end of the pipe.</summary>
internal sealed class Worker(FramePipe pipe, ConnectorLoader loader, SourceHttp http, TimeProvider time)
{
    private RunningOperation? _operation;

    /// <summary>Serves until the host closes its end. Runs on a thread of its own, which no connector can block: pings are answered here.</summary>
    public void Serve()
    {
        pipe.SendJson(FrameKind.Ready, new ReadyMessage(Frame.ProtocolVersion, Environment.ProcessId));
        while (pipe.Receive() is { } frame)
        {
            Handle(frame);
        }
    }

    private void Handle(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Ping:
                pipe.Send(FrameKind.Pong);
                break;
            case FrameKind.Load:
                var package = Read<LoadMessage>(frame).Package;
                pipe.Send(FrameKind.Begun);
                _ = Task.Run(() => Load(package));
                break;
            case FrameKind.Begin:
                var begin = Read<BeginMessage>(frame);
                var operation = new RunningOperation(pipe, begin);
                _operation = operation;
                pipe.Send(FrameKind.Begun);
                _ = Task.Run(() => ExecuteAsync(operation));
                break;
            case FrameKind.Credit:
                _operation?.Credits.Release();
                break;
            case FrameKind.Cancel:
                _ = _operation?.CancelAsync();
                break;
            case FrameKind.Renewed:
                _operation?.Renewal.Answer(Read<RenewedMessage>(frame));
                break;
            case FrameKind.Permit:
                _operation?.Gate.Permit(new FrameReader(frame.Payload.Span).Int32());
                break;
            default:
                throw new InvalidDataException($"The host sent a frame of kind {frame.Kind}, which is not for a worker.");
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The worker is a border: whatever a connector throws goes to the host as an error.")]
    private void Load(ConnectorPackage package)
    {
        try
        {
            loader.Load(package).Create();
            pipe.Send(FrameKind.Loaded);
        }
        catch (Exception exception)
        {
            pipe.SendJson(FrameKind.Error, new ErrorMessage(FailureKind.Connector, exception.Message, exception.ToString(), IsLoad: true, new HttpUsageSnapshot()));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The worker is a border: whatever a connector throws goes to the host as an error.")]
    private async Task ExecuteAsync(RunningOperation operation)
    {
        var mask = SecretMask.None;
        try
        {
            var plan = operation.Begin.Plan.Deserialize<OperationPlan>()!;
            mask = SecretMask.For(plan.Credentials, plan.Package.CredentialsForm);
            var sinks = new OperationSinks { Reporter = operation, Usage = operation.Usage, Gate = operation.Gate, Renew = operation.Renewal.AskAsync };
            await using var session = InProcessSession.Open(plan, loader.Load(plan.Package), http, sinks, time);
            var end = await ExecuteAsync(operation, session).ConfigureAwait(false);
            operation.End(FrameKind.End, end with { Usage = operation.Usage.Snapshot() });
        }
        catch (OperationCanceledException) when (operation.Cancellation.IsCancellationRequested)
        {
            operation.End(FrameKind.Error, new ErrorMessage(null, "Cancelled.", "", IsLoad: false, operation.Usage.Snapshot()));
        }
        catch (Exception exception)
        {
            var failure = FailureTable.Of(exception, mask);
            operation.End(FrameKind.Error, new ErrorMessage(
                failure.Kind, failure.Message, mask.Mask(exception.ToString()), IsLoad: exception is PackageLoadException, operation.Usage.Snapshot()));
        }
    }

    private static async Task<EndMessage> ExecuteAsync(RunningOperation operation, InProcessSession session)
    {
        var (begin, cancellation) = (operation.Begin, operation.Cancellation);
        switch (begin.Operation)
        {
            case WorkerOperation.Check:
                return new EndMessage { Identity = await session.CheckAsync(cancellation).ConfigureAwait(false) };
            case WorkerOperation.Menu:
                return new EndMessage { Menu = await session.GetMenuAsync(begin.Menu!, cancellation).ConfigureAwait(false) };
            case WorkerOperation.Migrate:
                return new EndMessage { Details = await session.MigrateDetailsAsync(begin.FromVersion, cancellation).ConfigureAwait(false) };
            default:
                await foreach (var batch in session.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    await operation.SendAsync(batch).ConfigureAwait(false);
                }

                return new EndMessage();
        }
    }

    private static T Read<T>(Frame frame) => JsonSerializer.Deserialize<T>(frame.Payload.Span)!;
}
