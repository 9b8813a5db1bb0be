using System.Buffers;
using System.Text.Json;

namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>Writes batches as frames: the columns when they change, then count, checkpoint and the values by column.</summary>
internal sealed class BatchWriter
{
    /// <summary>Enough rows to make a frame's cost nothing, few enough for its bytes to stay small; more are refused.</summary>
    public const int RowsPerFrame = 4096;

    // Long texts make a frame full before its rows do.
    private const int BytesPerFrame = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private IReadOnlyList<Column>? _columns;

    /// <summary>The payloads of a batch, each valid until the next is asked for. A checkpoint travels with the last.</summary>
    /// <exception cref="ConnectorException">A record is too large, or a text is no Unicode.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Write(RecordBatch batch)
    {
        var sources = batch.Columns.Select((column, ordinal) => ColumnCodec.For(column.Type).Open(batch, ordinal)).ToArray();
        var first = 0;
        do
        {
            var count = RowsThatFit(sources, first, batch.Count);
            _buffer.ResetWrittenCount();
            WriteHead(batch.Columns, count, first + count == batch.Count ? batch.Checkpoint : null);
            foreach (var source in sources)
            {
                source.Write(first, count, _buffer);
            }

            if (_buffer.WrittenCount > Frame.LargestPayload)
            {
                throw new ConnectorException(FailureKind.Connector, $"A record takes {_buffer.WrittenCount >> 20} MB; it may take {Frame.LargestPayload >> 20}.");
            }

            yield return _buffer.WrittenMemory;
            first += count;
        }
        while (first < batch.Count);
    }

    private static int RowsThatFit(ColumnSource[] sources, int first, int end)
    {
        long size = 0;
        var row = first;
        while (row < end && row - first < RowsPerFrame)
        {
            foreach (var source in sources)
            {
                size += source.SizeOf(row);
            }

            if (size > BytesPerFrame && row > first)
            {
                break;
            }

            row++;
        }

        return row - first;
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
        if (count is < 0 or > BatchWriter.RowsPerFrame)
        {
            throw new InvalidDataException($"A batch says it has {count} rows; {BatchWriter.RowsPerFrame} are the most.");
        }

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
