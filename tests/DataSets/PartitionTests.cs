using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class PartitionTests : IDisposable
{
    private static readonly DateOnly Monday = new(2026, 3, 30);

    private readonly StoreFixture _store = new();

    private sealed record Visit(string? Country, DateOnly? Day, long Count);

    private sealed record Moment(DateTimeOffset At, long Count);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void The_partitions_that_a_run_reads_are_replaced_and_others_stay()
    {
        By("country");
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 1), new Visit("at", Monday, 2), new Visit("ch", Monday, 3)));
        var result = _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 10), new Visit("de", Monday, 20)));

        Assert.Equal((2, 0, 2), (result.RowsWritten, result.RowsChanged, result.RowsRemoved));
        Assert.Equal([3L, 10L, 20L], Counts());
    }

    [Fact]
    public void Records_without_a_value_are_a_partition_of_their_own()
    {
        By("country");
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit(null, Monday, 1), new Visit("", Monday, 2)));
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit(null, Monday, 10)));

        Assert.Equal([2L, 10L], Counts());
    }

    [Fact]
    public void A_run_without_records_replaces_no_partition()
    {
        By("country");
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 1)));
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch<Visit>());

        Assert.Equal([1L], Counts());
    }

    [Theory]
    [InlineData("Day", new long[] { 2, 3, 10 })]
    [InlineData("Month", new long[] { 3, 10 })]
    public void Partitions_are_days_or_months_of_a_date(string unit, long[] left)
    {
        By("day", Enum.Parse<PartitionUnit>(unit));
        _store.Run(
            UpdateMethod.Partition,
            StoreFixture.Batch(new Visit("at", Monday, 1), new Visit("at", Monday.AddDays(1), 2), new Visit("at", Monday.AddDays(2), 3)));
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 10)));

        Assert.Equal(left, Counts());
    }

    [Fact]
    public void The_day_of_an_instant_is_the_one_in_UTC()
    {
        By("at", PartitionUnit.Day);
        var midnight = new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.Zero);
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Moment(midnight.AddTicks(-10), 1), new Moment(midnight, 2)));
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Moment(new(2026, 3, 31, 1, 59, 0, TimeSpan.FromHours(2)), 10)));

        Assert.Equal([2L, 10L], Counts());
    }

    [Fact]
    public void A_day_that_comes_as_a_date_is_the_whole_day_of_stored_instants()
    {
        By("at", PartitionUnit.Day);
        var midnight = new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.Zero);
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Moment(midnight.AddHours(-1), 1), new Moment(midnight.AddHours(13), 2), new Moment(midnight.AddDays(1), 3)));
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new { At = new DateOnly(2026, 3, 31), Count = 10L }));

        Assert.Equal([1L, 3L, 10L], Counts());
    }

    [Theory]
    [InlineData("country", "Day", "The partition column \"country\" is String, which has no day: choose a Date or DateTime column, or partitions by value.")]
    [InlineData("town", "Value", "The partition column \"town\" is not among the columns that come: country, day, count.")]
    public void A_column_that_makes_no_partitions_fails_the_run_and_changes_nothing(string column, string unit, string message)
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Visit("at", Monday, 1)));
        By(column, Enum.Parse<PartitionUnit>(unit));

        var failure = Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 2))));

        Assert.Equal(message, failure.Message);
        Assert.Equal([1L], Counts());
    }

    [Fact]
    public void What_a_reader_sees_is_old_until_the_run_commits()
    {
        By("country");
        _store.Run(UpdateMethod.Partition, StoreFixture.Batch(new Visit("at", Monday, 1), new Visit("ch", Monday, 2)));
        using var writer = _store.Writer(UpdateMethod.Partition);
        writer.Append(StoreFixture.Batch(new Visit("at", Monday, 10)));
        Assert.Equal([1L, 2L], Counts());

        writer.Commit(isFinal: true);
        Assert.Equal([2L, 10L], Counts());
    }

    private void By(string column, PartitionUnit unit = PartitionUnit.Value) => _store.Rules = new() { Partition = new PartitionRule(column, unit) };

    private long[] Counts() => [.. _store.Values().Select(row => (long)row[^1]!).Order()];
}
