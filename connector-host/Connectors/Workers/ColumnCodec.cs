using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>How a column's values stand in a frame: a bit a value that tells whether it is there, then the present and absent values packed.</summary>
internal abstract class ColumnCodec
{
    private static readonly ColumnCodec[] ByType = CreateAll();

    public static ColumnCodec For(ColumnType type) => ByType[(int)type];

    /// <summary>Takes a column out of the batch, to be written into frames.</summary>
    public abstract ColumnSource Open(RecordBatch batch, int ordinal);

    /// <summary>Reads a column's values into an array of the column's CLR type.</summary>
    public abstract Array Read(ref FrameReader reader, int count);

    private static ColumnCodec[] CreateAll()
    {
        var codecs = new ColumnCodec[Enum.GetValues<ColumnType>().Length];
        codecs[(int)ColumnType.String] = new TextCodec();
        codecs[(int)ColumnType.Json] = new TextCodec();
        codecs[(int)ColumnType.Integer] = new FixedCodec<long, long>(value => value, value => value);
        codecs[(int)ColumnType.Double] = new FixedCodec<double, double>(value => value, value => value);
        codecs[(int)ColumnType.Decimal] = new FixedCodec<decimal, decimal>(value => value, value => value);
        codecs[(int)ColumnType.Boolean] = new FixedCodec<bool, byte>(value => value ? (byte)1 : (byte)0, value => value != 0);
        codecs[(int)ColumnType.Date] = new FixedCodec<DateOnly, int>(value => value.DayNumber, DateOnly.FromDayNumber);
        codecs[(int)ColumnType.DateTime] = new FixedCodec<DateTime, long>(value => value.Ticks, ticks => new DateTime(ticks, DateTimeKind.Utc));
        return codecs;
    }

    private sealed class FixedCodec<TValue, TWire>(Func<TValue, TWire> toWire, Func<TWire, TValue> fromWire) : ColumnCodec
        where TValue : struct
        where TWire : unmanaged
    {
        public override ColumnSource Open(RecordBatch batch, int ordinal)
        {
            var values = new TValue?[batch.Count];
            batch.CopyColumn(ordinal, values.AsSpan());
            return new ColumnSource(_ => Unsafe.SizeOf<TWire>(), (first, count, writer) => Write(values.AsSpan(first, count), writer));
        }

        public override Array Read(ref FrameReader reader, int count)
        {
            var present = reader.Bytes((count + 7) / 8);
            var wire = MemoryMarshal.Cast<byte, TWire>(reader.Bytes(count * Unsafe.SizeOf<TWire>()));
            var values = new TValue?[count];
            for (var i = 0; i < count; i++)
            {
                values[i] = Bits.IsSet(present, i) ? fromWire(wire[i]) : null;
            }

            return values;
        }

        private void Write(ReadOnlySpan<TValue?> values, IBufferWriter<byte> writer)
        {
            Bits.Write(values, static value => value.HasValue, writer);
            var bytes = writer.GetSpan(values.Length * Unsafe.SizeOf<TWire>())[..(values.Length * Unsafe.SizeOf<TWire>())];
            var wire = MemoryMarshal.Cast<byte, TWire>(bytes);
            for (var i = 0; i < values.Length; i++)
            {
                wire[i] = values[i] is { } value ? toWire(value) : default;
            }

            writer.Advance(bytes.Length);
        }
    }

    private sealed class TextCodec : ColumnCodec
    {
        // Lone surrogates must arrive as they were sent or not at all; a silent replacement would change data.
        private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public override ColumnSource Open(RecordBatch batch, int ordinal)
        {
            var values = new string?[batch.Count];
            batch.CopyColumn(ordinal, values.AsSpan());
            return new ColumnSource(
                row => sizeof(int) + (values[row]?.Length ?? 0),
                (first, count, writer) => Write(batch.Columns[ordinal], values.AsSpan(first, count), writer));
        }

        public override Array Read(ref FrameReader reader, int count)
        {
            var present = reader.Bytes((count + 7) / 8);
            var values = new string?[count];
            for (var i = 0; i < count; i++)
            {
                values[i] = Bits.IsSet(present, i) ? Utf8.GetString(reader.Bytes(reader.Int32())) : null;
            }

            return values;
        }

        private static void Write(Column column, ReadOnlySpan<string?> values, IBufferWriter<byte> writer)
        {
            Bits.Write(values, static value => value is not null, writer);
            foreach (var value in values)
            {
                if (value is not null)
                {
                    Write(column, value, writer);
                }
            }
        }

        private static void Write(Column column, string value, IBufferWriter<byte> writer)
        {
            if (value.Length > Frame.LargestPayload)
            {
                throw new ConnectorException(
                    FailureKind.Connector, $"A value of the column \"{column.Name}\" has {value.Length} characters; a record may have {Frame.LargestPayload >> 20} MB.");
            }

            var target = writer.GetSpan(sizeof(int) + Utf8.GetMaxByteCount(value.Length));
            try
            {
                var length = Utf8.GetBytes(value, target[sizeof(int)..]);
                BinaryPrimitives.WriteInt32LittleEndian(target, length);
                writer.Advance(sizeof(int) + length);
            }
            catch (EncoderFallbackException exception)
            {
                throw new ConnectorException(
                    FailureKind.Connector, $"A value of the column \"{column.Name}\" is no valid Unicode: it has half of a surrogate pair.", exception);
            }
        }
    }
}

/// <summary>A column's values on their way into frames.</summary>
/// <param name="SizeOf">About how many bytes the value of that row takes.</param>
/// <param name="Write">Writes so many values from that row on.</param>
internal readonly record struct ColumnSource(Func<int, int> SizeOf, Action<int, int, IBufferWriter<byte>> Write);
