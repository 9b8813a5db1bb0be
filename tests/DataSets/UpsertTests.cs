using System.ComponentModel.DataAnnotations;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class UpsertTests : IDisposable
{
    private readonly StoreFixture _store = new();

    private sealed record Link([property: Key] long Id, string? Text);

    private sealed record Click([property: Key] string Link, [property: Key] DateOnly Day, long Count);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void A_record_takes_the_place_of_the_row_with_its_key_and_others_are_added()
    {
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(1, "one"), new Link(2, "two")));
        var result = _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(2, "deux"), new Link(3, "trois")));

        Assert.Equal((2, 1, 0), (result.RowsWritten, result.RowsChanged, result.RowsRemoved));
        Assert.Equal([[1L, "one"], [2L, "deux"], [3L, "trois"]], Sorted());
    }

    [Fact]
    public void A_key_of_several_columns_is_equal_when_all_of_them_are()
    {
        DateOnly monday = new(2026, 3, 30), tuesday = new(2026, 3, 31);
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Click("a", monday, 1), new Click("a", tuesday, 2), new Click("b", monday, 3)));
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Click("a", tuesday, 20)));

        Assert.Equal([["a", monday, 1L], ["a", tuesday, 20L], ["b", monday, 3L]], Sorted());
    }

    [Fact]
    public void A_key_that_the_user_chooses_counts_in_the_place_of_the_reports()
    {
        _store.Rules = new() { Key = ["TEXT"] };
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(1, "same")));
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(2, "same")));

        Assert.Equal([[2L, "same"]], Sorted());
    }

    [Fact]
    public void Keys_are_equal_across_types_that_hold_the_same_value()
    {
        _store.Rules = new() { Key = ["id"] };
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = 1L, Text = "number" }));
        var result = _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = "1", Text = "text" }));

        Assert.Equal(1, result.RowsChanged);
        Assert.Equal([["1", "text"]], Sorted());
    }

    [Fact]
    public void Without_a_key_the_run_fails_and_changes_nothing()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { Id = 1L }));

        var failure = Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = 2L })));

        Assert.Equal(FailureKind.Details, failure.Kind);
        Assert.Contains("marks none", failure.Message, StringComparison.Ordinal);
        Assert.Equal([[1L]], Sorted());
    }

    [Fact]
    public void A_key_column_that_does_not_come_is_named_with_those_that_do()
    {
        _store.Rules = new() { Key = ["number"] };

        var failure = Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(1, "one"))));

        Assert.Equal("The key column \"number\" is not among the columns that come: id, text.", failure.Message);
    }

    [Fact]
    public void A_key_without_a_value_fails_the_run_and_changes_nothing()
    {
        _store.Rules = new() { Key = ["text"] };
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(1, "one")));

        var failure = Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(2, "two"), new Link(3, null))));

        Assert.StartsWith("1 record has no value in the key column \"text\"", failure.Message, StringComparison.Ordinal);
        Assert.Equal([[1L, "one"]], Sorted());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_key_that_comes_twice_fails_the_run_also_when_the_first_is_committed_already(bool isCommitted)
    {
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Link(1, "one")));
        using var writer = _store.Writer(UpdateMethod.Upsert);
        writer.Append(StoreFixture.Batch(new Link(2, "two")));
        if (isCommitted)
        {
            writer.Commit(isFinal: false);
        }

        writer.Append(StoreFixture.Batch(new Link(2, "zwei"), new Link(3, "three")));
        var failure = Assert.Throws<ConnectorException>(() => writer.Commit(isFinal: true));

        Assert.Contains("such as id = 2.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(isCommitted ? [[1L, "one"], [2L, "two"]] : [[1L, "one"]], Sorted());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_the_last_record_of_a_key_counts_the_others_go_with_a_warning(bool isCommitted)
    {
        _store.Rules = new() { RepeatedKeys = RepeatedKeys.LastWins };
        using var writer = _store.Writer(UpdateMethod.Upsert);
        writer.Append(StoreFixture.Batch(new Link(2, "first"), new Link(1, "one")));
        if (isCommitted)
        {
            writer.Commit(isFinal: false);
        }

        writer.Append(StoreFixture.Batch(new Link(2, "second"), new Link(2, "third")));
        var result = writer.Commit(isFinal: true);

        Assert.Equal([[1L, "one"], [2L, "third"]], Sorted());
        Assert.Equal(
            $"{(isCommitted ? "1 record" : "2 records")} had the key of a later one in this run; the later ones count.", Assert.Single(result.Warnings));
    }

    [Fact]
    public void The_last_of_many_records_of_one_key_counts_whatever_batches_they_came_in()
    {
        _store.Rules = new() { RepeatedKeys = RepeatedKeys.LastWins };
        _store.Run(
            UpdateMethod.Upsert,
            [.. Enumerable.Range(0, 20).Select(batch => StoreFixture.Batch([.. Enumerable.Range(0, 5_000).Select(i => new Link(i % 7_000, $"{batch}-{i}"))]))]);

        Assert.Equal([.. Enumerable.Range(0, 5_000).Select(i => new object?[] { (long)i, $"19-{i}" })], Sorted());
    }

    [Fact]
    public void New_columns_and_wider_types_come_with_an_upsert_as_with_other_methods()
    {
        _store.Rules = new() { Key = ["id"] };
        _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = 1L, Price = 1L }, new { Id = 2L, Price = 2L }));
        var result = _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = 2L, Price = 2.5, Note = "new" }));

        Assert.Equal([[1L, 1.0, null], [2L, 2.5, "new"]], Sorted());
        Assert.Equal(2, result.ColumnChanges.Count);
    }

    [Fact]
    public void An_upsert_continues_from_the_last_checkpoint_and_a_replace_does_not()
    {
        _store.Run(UpdateMethod.Upsert, StoreFixture.BatchAt(17, new Link(1, "one")));

        using (var upsert = _store.Writer(UpdateMethod.Upsert))
        {
            Assert.Equal(17, upsert.State!.Value.GetInt32());
        }

        using var partition = _store.Writer(UpdateMethod.Partition);
        Assert.Null(partition.State);
        Assert.False(partition.CommitsAtCheckpoints);
    }

    private object?[][] Sorted() => [.. _store.Values().OrderBy(row => row[0]).ThenBy(row => row[1])];
}
