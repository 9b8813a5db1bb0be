using System.Buffers.Binary;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>
/// Sends and receives frames over a pair of streams. Sending is safe from any thread; one thread receives.
/// Works synchronously: a pipe that is full holds the sender back, which is what it is for.
/// </summary>
internal sealed class FramePipe(Stream input, Stream output) : IDisposable
{
    // A rare giant must not keep its buffer for as long as the worker lives.
    private const int LargestKept = 4 * 1024 * 1024;

    private readonly Lock _sending = new();
    private readonly byte[] _head = new byte[Frame.HeaderSize];
    private byte[] _payload = new byte[64 * 1024];

    public void Send(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > Frame.LargestPayload)
        {
            throw new InvalidDataException($"{payload.Length} bytes are more than the {Frame.LargestPayload} that fit between host and worker.");
        }

        lock (_sending)
        {
            Span<byte> head = stackalloc byte[Frame.HeaderSize];
            BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
            head[sizeof(int)] = (byte)kind;
            output.Write(head);
            output.Write(payload);
            output.Flush();
        }
    }

    public void Send(FrameKind kind) => Send(kind, []);

    public void SendJson<T>(FrameKind kind, T content) => Send(kind, JsonSerializer.SerializeToUtf8Bytes(content));

    /// <summary>The next frame, valid until the one after it is asked for; null when the other side has closed its end between two frames.</summary>
    /// <exception cref="InvalidDataException">The bytes are no frame, or end in the middle of one.</exception>
    public Frame? Receive()
    {
        var read = input.ReadAtLeast(_head, _head.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(_head);
        if (read < _head.Length || length is < 0 or > Frame.LargestPayload)
        {
            throw new InvalidDataException("What arrived between host and worker is no frame.");
        }

        var payload = BufferOf(length);
        if (input.ReadAtLeast(payload.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
        {
            throw new InvalidDataException("A frame between host and worker was cut short.");
        }

        return new Frame((FrameKind)_head[sizeof(int)], payload.AsMemory(0, length));
    }

    private byte[] BufferOf(int length)
    {
        if (length > LargestKept)
        {
            return new byte[length];
        }

        if (_payload.Length < length)
        {
            _payload = new byte[Math.Min(Math.Max(length, 2 * _payload.Length), LargestKept)];
        }

        return _payload;
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }
}
