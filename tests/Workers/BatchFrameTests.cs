using System.Buffers;
using System.Text;
using System.Text.Json;
using ConnectorPlatform.Host.Connectors.Workers;
using CsCheck;

namespace ConnectorPlatform.Tests.Workers;

public sealed class BatchFrameTests
{
    private static readonly Column[] AllTypes = [.. Enum.GetValues<ColumnType>().Select(type => new Column($"c{type}", type) { IsKey = type == ColumnType.Integer, Description = "ä" })];

    private static readonly ConnectorContext Context = new() { Http = new HttpClient() };

    private static readonly Gen<string> Text = Any("", "\0", "ß漢😀", "a\r\n\"", new string('é', 3000));

    private static readonly Gen<object?[]> Rows = Gen.Select(
        Absent(Text.Select(text => (object)text)),
        Absent(Gen.OneOf(Gen.Long, Any(long.MinValue, long.MaxValue)).Select(value => (object)value)),
        Absent(Gen.OneOf(Gen.Double, Any(double.NaN, double.NegativeInfinity, -0.0, double.Epsilon)).Select(value => (object)value)),
        Absent(Gen.OneOf(Gen.Decimal, Any(decimal.MinValue, decimal.MaxValue, 1.000m)).Select(value => (object)value)),
        Absent(Gen.Bool.Select(value => (object)value)),
        Absent(Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(day => (object)DateOnly.FromDayNumber(day))),
        Absent(Gen.Long[0, DateTime.MaxValue.Ticks].Select(ticks => (object)new DateTime(ticks, DateTimeKind.Utc))),
        Absent(Any<object>("{}", "[1,\"ü\"]", "null")),
        (text, integer, number, exact, flag, date, instant, document) => new[] { text, integer, number, exact, flag, date, instant, document });

    [Fact]
    public void Every_value_of_every_type_arrives_as_it_was_sent() =>
        Rows.Array[0, 60].Sample(
            rows =>
            {
                var sent = Context.BatchOfRows(AllTypes, rows, new { page = rows.Length });
                var arrived = Assert.Single(Exchange(sent));
                Assert.Equal(AllTypes, arrived.Columns);
                Assert.Equal(rows.Length, arrived.Count);
                Assert.Equal(sent.Checkpoint!.Value.GetRawText(), arrived.Checkpoint!.Value.GetRawText());
                Assert.Equal(Values(sent), Values(arrived));
            },
            iter: 300);

    [Fact]
    public void A_long_batch_comes_in_slices_and_its_checkpoint_with_the_last()
    {
        var rows = Enumerable.Range(0, 10_000).Select(i => new object?[] { i % 3 == 0 ? null : (long)i }).ToArray();
        var sent = Context.BatchOfRows([new("n", ColumnType.Integer)], rows, 7);

        var arrived = Exchange(sent);

        Assert.Equal([4096, 4096, 1808], arrived.Select(batch => batch.Count));
        Assert.Equal([false, false, true], arrived.Select(batch => batch.Checkpoint is not null));
        Assert.Equal(Values(sent), arrived.SelectMany(Values));
    }

    [Fact]
    public void Long_texts_make_a_slice_full_before_its_rows_do()
    {
        var rows = Enumerable.Range(0, 300).Select(i => new object?[] { new string('x', 300_000) }).ToArray();

        var arrived = Exchange(Context.BatchOfRows([new("text", ColumnType.String)], rows));

        Assert.Equal(300, arrived.Sum(batch => batch.Count));
        Assert.All(arrived, batch => Assert.InRange(batch.Count, 1, 3));
    }

    [Fact]
    public void Columns_may_change_between_batches_and_a_batch_may_have_no_rows_or_no_columns()
    {
        var writer = new BatchWriter();
        var reader = new BatchReader();
        Column[] first = [new("a", ColumnType.Integer)];
        Column[] second = [new("a", ColumnType.String), new("b", ColumnType.Date)];

        RecordBatch[] arrived =
        [
            .. Exchange(Context.BatchOfRows(first, [[1L]]), writer, reader),
            .. Exchange(Context.BatchOfRows(first, []), writer, reader),
            .. Exchange(Context.BatchOfRows(second, [["x", null]]), writer, reader),
            .. Exchange(Context.BatchOfRows(first, [[2L]], checkpoint: 3), writer, reader),
        ];

        Assert.Equal([first, first, second, first], arrived.Select(batch => batch.Columns));
        Assert.Equal([1, 0, 1, 1], arrived.Select(batch => batch.Count));
        Assert.Equal([null, null, null, "3"], arrived.Select(batch => batch.Checkpoint?.GetRawText()));
    }

    [Fact]
    public void A_batch_that_is_cut_or_has_too_much_is_refused_wherever_it_is_cut()
    {
        var payload = new BatchWriter().Write(Context.BatchOfRows(AllTypes, [["x", 1L, 1.5, 2m, true, new DateOnly(2026, 1, 1), DateTime.UnixEpoch, "{}"]], 1)).Single().ToArray();

        for (var length = 0; length < payload.Length; length++)
        {
            Assert.ThrowsAny<Exception>(() => new BatchReader().Read(payload.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => new BatchReader().Read([.. payload, 0]));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4097)]
    [InlineData(1 << 28)]
    public void A_count_that_no_slice_has_is_refused_before_anything_is_reserved_for_it(int count)
    {
        var payload = new ArrayBufferWriter<byte>();
        payload.WriteBlock(JsonSerializer.SerializeToUtf8Bytes(new[] { new Column("d", ColumnType.Decimal) }));
        payload.WriteInt32(count);
        payload.WriteBlock([]);

        var refusal = Assert.Throws<InvalidDataException>(() => new BatchReader().Read(payload.WrittenSpan));

        Assert.Contains("4096 are the most", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_unicode_is_refused_and_never_changed()
    {
        var batch = Context.BatchOfRows([new("text", ColumnType.String)], [["\ud800"]]);

        var failure = Assert.Throws<ConnectorException>(() => Exchange(batch));

        Assert.Contains("\"text\" is no valid Unicode", failure.Message, StringComparison.Ordinal);
        Assert.IsType<EncoderFallbackException>(failure.InnerException);
    }

    private static Gen<TValue> Any<TValue>(params TValue[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<object?> Absent(Gen<object> values) => Gen.Bool.SelectMany(isThere => isThere ? values.Select(value => (object?)value) : Gen.Const((object?)null));

    private static List<RecordBatch> Exchange(RecordBatch batch) => Exchange(batch, new BatchWriter(), new BatchReader());

    private static List<RecordBatch> Exchange(RecordBatch batch, BatchWriter writer, BatchReader reader) =>
        [.. writer.Write(batch).Select(payload => reader.Read(payload.Span))];

    private static IEnumerable<object?> Values(RecordBatch batch) => batch.Columns.SelectMany((column, ordinal) => column.Type switch
    {
        ColumnType.String or ColumnType.Json => Copy<string?>(batch, ordinal),
        ColumnType.Integer => Copy<long?>(batch, ordinal),
        ColumnType.Double => Copy<double?>(batch, ordinal),
        ColumnType.Decimal => Copy<decimal?>(batch, ordinal),
        ColumnType.Boolean => Copy<bool?>(batch, ordinal),
        ColumnType.Date => Copy<DateOnly?>(batch, ordinal),
        _ => Copy<DateTime?>(batch, ordinal),
    });

    private static IEnumerable<object?> Copy<TValue>(RecordBatch batch, int ordinal)
    {
        var values = new TValue[batch.Count];
        batch.CopyColumn<TValue>(ordinal, values);
        return values.Cast<object?>();
    }
}
