using System.Buffers;
using System.Buffers.Binary;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Reads values from a frame's payload; whatever does not fit is an error, never a guess.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            throw new InvalidDataException($"A frame ends where {count} more bytes should follow; {_rest.Length} do.");
        }

        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));
}

/// <summary>Writes values as <see cref="FrameReader"/> reads them.</summary>
internal static class FrameWriting
{
    public static void WriteInt32(this IBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), value);
        writer.Advance(sizeof(int));
    }

    public static void WriteBlock(this IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteInt32(bytes.Length);
        writer.Write(bytes);
    }
}

/// <summary>One bit a value, the first in the lowest bit of the first byte.</summary>
internal static class Bits
{
    public static bool IsSet(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    public static void Write<TValue>(ReadOnlySpan<TValue> values, Func<TValue, bool> isSet, IBufferWriter<byte> writer)
    {
        var bits = writer.GetSpan((values.Length + 7) / 8)[..((values.Length + 7) / 8)];
        bits.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            if (isSet(values[i]))
            {
                bits[i >> 3] |= (byte)(1 << (i & 7));
            }
        }

        writer.Advance(bits.Length);
    }
}
