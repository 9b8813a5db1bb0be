using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>One operation in a worker: what the host sends for it, and how it tells the host about itself.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Frames may arrive after its end, so nothing in it may be disposed of; it holds no handle.")]
internal sealed class RunningOperation(FramePipe pipe, BeginMessage begin) : IRunReporter
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BatchWriter _batches = new();

    public BeginMessage Begin { get; } = begin;

    public CancellationToken Cancellation => _cancellation.Token;

    public HttpUsage Usage { get; } = new();

    public RemoteGate Gate { get; } = new(pipe);

    /// <summary>Frames that the host is ready to take.</summary>
    public SemaphoreSlim Credits { get; } = new(begin.Credits);

    public void Cancel() => _cancellation.Cancel();

    public async Task SendAsync(RecordBatch batch)
    {
        foreach (var payload in _batches.Write(batch))
        {
            await Credits.WaitAsync(Cancellation).ConfigureAwait(false);
            pipe.Send(FrameKind.Batch, payload.Span);
        }
    }

    public void Info(string message) => Send(ReportLevel.Info, message);

    public void Warn(string message) => Send(ReportLevel.Warn, message);

    public void Progress(long done, long? total = null) => Send(
        ReportLevel.Info,
        total is null ? string.Create(CultureInfo.InvariantCulture, $"{done} done.") : string.Create(CultureInfo.InvariantCulture, $"{done} of {total} done."));

    private void Send(ReportLevel level, string message) => pipe.SendJson(FrameKind.Report, new ReportMessage(level, message, Usage.Snapshot()));
}
