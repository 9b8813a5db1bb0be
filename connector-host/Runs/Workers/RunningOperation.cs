using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors.Workers;
using ConnectorPlatform.Host.Http;

namespace ConnectorPlatform.Host.Runs.Workers;

/// <summary>One operation in a worker: what the host sends for it, and how it tells the host about itself. Its end is the last that it sends.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Frames may arrive after its end, so nothing in it may be disposed of; it holds no handle.")]
internal sealed class RunningOperation : IRunReporter
{
    // The host's log cuts lines much shorter; a giant must not get as far as the pipe.
    private const int LongestReport = 64 * 1024;

    private readonly FramePipe _pipe;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly BatchWriter _batches = new();
    private readonly Lock _sending = new();
    private bool _hasEnded;

    public RunningOperation(FramePipe pipe, BeginMessage begin)
    {
        _pipe = pipe;
        Begin = begin;
        Credits = new(begin.Credits);
        Gate = new RemoteGate(SendNumber);
        Renewal = new RemoteRenewal(number => SendNumber(FrameKind.Renew, number));
    }

    public BeginMessage Begin { get; }

    public CancellationToken Cancellation => _cancellation.Token;

    public HttpUsage Usage { get; } = new();

    public RemoteGate Gate { get; }

    public RemoteRenewal Renewal { get; }

    /// <summary>Frames that the host is ready to take.</summary>
    public SemaphoreSlim Credits { get; }

    /// <summary>Cancels on another thread: what a connector does then must not hold up the one that asks.</summary>
    public Task CancelAsync() => _cancellation.CancelAsync();

    public async Task SendAsync(RecordBatch batch)
    {
        foreach (var payload in _batches.Write(batch))
        {
            await Credits.WaitAsync(Cancellation).ConfigureAwait(false);
            Send(FrameKind.Batch, payload.Span);
        }
    }

    public void Info(string message) => Send(ReportLevel.Info, message);

    public void Warn(string message) => Send(ReportLevel.Warn, message);

    public void Progress(long done, long? total = null) => Send(
        ReportLevel.Info,
        total is null ? string.Create(CultureInfo.InvariantCulture, $"{done} done.") : string.Create(CultureInfo.InvariantCulture, $"{done} of {total} done."));

    public void End<T>(FrameKind kind, T content)
    {
        lock (_sending)
        {
            _pipe.SendJson(kind, content);
            _hasEnded = true;
        }
    }

    private void Send(ReportLevel level, string message) => Send(
        FrameKind.Report,
        JsonSerializer.SerializeToUtf8Bytes(new ReportMessage(level, message.Length > LongestReport ? message[..LongestReport] : message, Usage.Snapshot())));

    private void SendNumber(FrameKind kind, int number)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, number);
        Send(kind, payload);
    }

    // What a connector leaves running would tell the next operation, which may be another account's.
    private void Send(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        lock (_sending)
        {
            if (!_hasEnded)
            {
                _pipe.Send(kind, payload);
            }
        }
    }
}
