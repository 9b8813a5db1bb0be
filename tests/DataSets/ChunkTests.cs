using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class ChunkTests : IDisposable
{
    private readonly StoreFixture _store = new();

    private sealed record Mixed(long? I, string? S, decimal? M, double? D, bool? B, DateOnly? Day, DateTime? At);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void A_batch_larger_than_a_chunk_keeps_every_value_and_every_null()
    {
        // Every column is null in other rows, so that a null left over from the chunk before would show.
        var records = Enumerable.Range(0, 5000).Select(MixedAt).ToArray();
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(records));

        Assert.Equal(records.Select(r => new object?[] { r.I, r.S, r.M, r.D, r.B, r.Day, r.At }), _store.Values());
    }

    [Fact]
    public void Rows_that_reach_the_table_in_several_flushes_stay_in_order()
    {
        var batches = Enumerable.Range(0, 30).Select(page => StoreFixture.Batch(Enumerable.Range(page * 1000, 1000).Select(id => new { Id = (long)id }).ToArray()));
        _store.Run(UpdateMethod.Append, [.. batches]);

        Assert.Equal(Enumerable.Range(0, 30_000).Select(id => (object?)(long)id), _store.Values().Select(row => row[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("twelve bytes")]
    [InlineData("thirteen byte")]
    [InlineData("ünïcode 🎉 beyond the short form")]
    public void A_text_is_stored_with_all_its_characters(string text)
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new { Text = text }, new { Text = text }));

        Assert.Equal([[text], [text]], _store.Values());
    }

    [Theory]
    [InlineData("-0.01", 2)]
    [InlineData("-79228162514264337593543950335", 9)]
    [InlineData("9999999999.9999999999999999", 28)]
    public void A_decimal_keeps_its_value_when_the_column_has_more_digits_after_the_point(string text, int scale)
    {
        var value = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var stored = StoredValues.Unscaled(value, scale);

        Assert.Equal((System.Numerics.BigInteger)stored, Shift(value, scale));
    }

    [Fact]
    public void The_largest_decimal_of_38_digits_fits_and_the_next_does_not()
    {
        Assert.Equal(Int128.Parse(new string('9', 28) + new string('0', 10), null), StoredValues.Unscaled(9999999999999999999999999999m, 10));
        Assert.Throws<ConnectorException>(() => StoredValues.Unscaled(10000000000000000000000000000m, 10));
    }

    [Fact]
    public void Rows_that_came_by_a_detour_tell_their_run_too()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new { A = 1, B = 2 }), StoreFixture.Batch(new { A = 3 }), StoreFixture.Batch(new { A = "four" }));

        Assert.Equal(["run-1", "run-1", "run-1"], _store.Reader.Page(0, 10).Rows.Select(row => row[^2]));
    }

    private static Mixed MixedAt(int i) => new(
        i % 7 == 0 ? null : i,
        i % 5 == 0 ? null : $"text number {i}",
        i % 3 == 0 ? null : i / -100m,
        i % 11 == 0 ? null : i / 8.0,
        i % 2 == 0 ? null : i % 4 == 1,
        i % 13 == 0 ? null : DateOnly.FromDayNumber(i * 100),
        i % 17 == 0 ? null : DateTime.UnixEpoch.AddSeconds(-i).AddMicroseconds(i));

    private static System.Numerics.BigInteger Shift(decimal value, int scale) =>
        System.Numerics.BigInteger.Parse(value.ToString(System.Globalization.CultureInfo.InvariantCulture).Replace(".", "", StringComparison.Ordinal), null)
        * System.Numerics.BigInteger.Pow(10, scale - value.Scale);
}
