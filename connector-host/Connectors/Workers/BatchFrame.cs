using System.Buffers;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Writes batches as frames: the columns when they change, then count, checkpoint and the values by column.</summary>
internal sealed class BatchWriter
{
    // Enough rows to make a frame's cost nothing, few enough for its bytes to stay small.
    private const int RowsPerFrame = 4096;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private IReadOnlyList<Column>? _columns;

    /// <summary>The payloads of a batch, each valid until the next is asked for. A checkpoint travels with the last.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Write(RecordBatch batch)
    {
        var slices = batch.Columns.Select((column, ordinal) => ColumnCodec.For(column.Type).Slice(batch, ordinal)).ToArray();
        for (var first = 0; first == 0 || first < batch.Count; first += RowsPerFrame)
        {
            var count = Math.Min(RowsPerFrame, batch.Count - first);
            var isLast = first + count == batch.Count;
            _buffer.ResetWrittenCount();
            WriteHead(batch.Columns, count, isLast ? batch.Checkpoint : null);
            foreach (var slice in slices)
            {
                slice(first, count, _buffer);
            }

            yield return _buffer.WrittenMemory;
        }
    }

    private void WriteHead(IReadOnlyList<Column> columns, int count, JsonElement? checkpoint)
    {
        _buffer.WriteBlock(ReferenceEquals(columns, _columns) ? [] : JsonSerializer.SerializeToUtf8Bytes(columns));
        _columns = columns;
        _buffer.WriteInt32(count);
        _buffer.WriteBlock(checkpoint is { } some ? JsonSerializer.SerializeToUtf8Bytes(some) : []);
    }
}

/// <summary>Reads the frames of one operation.</summary>
internal sealed class BatchReader
{
    private Column[] _columns = [];

    /// <exception cref="InvalidDataException">The payload is not a batch.</exception>
    public RecordBatch Read(ReadOnlySpan<byte> payload)
    {
        var reader = new FrameReader(payload);
        var columns = reader.Bytes(reader.Int32());
        if (!columns.IsEmpty)
        {
            _columns = JsonSerializer.Deserialize<Column[]>(columns)!;
        }

        var count = reader.Int32();
        var checkpoint = reader.Bytes(reader.Int32());
        var values = new Array[_columns.Length];
        for (var ordinal = 0; ordinal < values.Length; ordinal++)
        {
            values[ordinal] = ColumnCodec.For(_columns[ordinal].Type).Read(ref reader, count);
        }

        return reader.IsAtEnd
            ? new ReceivedBatch(_columns, values, count, checkpoint.IsEmpty ? null : JsonElement.Parse(checkpoint))
            : throw new InvalidDataException("A batch is followed by bytes that do not belong to it.");
    }

    private sealed class ReceivedBatch(IReadOnlyList<Column> columns, Array[] values, int count, JsonElement? checkpoint) : RecordBatch(columns, checkpoint)
    {
        public override int Count { get; } = count;

        public override void CopyColumn<TValue>(int ordinal, Span<TValue> destination) => ((TValue[])values[ordinal]).CopyTo(destination);
    }
}
