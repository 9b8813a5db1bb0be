using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class WriterTests : IDisposable
{
    private readonly StoreFixture _store = new();

    private sealed record Plain(long Id, string? Text);

    private sealed record Everything(string? S, long? I, double? D, decimal? M, bool? B, DateOnly? Day, DateTimeOffset? At, int[]? List);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Replace_puts_the_new_rows_in_the_place_of_the_old()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Plain(1, "one"), new Plain(2, "two")));
        var result = _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Plain(3, "three")));

        Assert.Equal((1, 2), (result.RowsWritten, result.RowsRemoved));
        Assert.Equal([[3L, "three"]], _store.Values());
    }

    [Fact]
    public void Append_adds_to_what_is_there()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Plain(1, "one")));
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Plain(2, "two")), StoreFixture.Batch(new Plain(3, "three")));

        Assert.Equal([[1L, "one"], [2L, "two"], [3L, "three"]], _store.Values());
    }

    [Fact]
    public void Every_type_is_stored_exactly_with_null_apart_from_empty()
    {
        var at = new DateTimeOffset(2026, 3, 29, 1, 59, 59, 123, TimeSpan.FromHours(5.5)).AddMicroseconds(456);
        _store.Run(
            UpdateMethod.Replace,
            StoreFixture.Batch(
                new Everything("", long.MaxValue, double.Epsilon, 79228162514264337593543950335m, true, DateOnly.MinValue, at, [1, 2]),
                new Everything("ünïcode 🎉", long.MinValue, -0.1, 0.000000001m, false, DateOnly.MaxValue, DateTimeOffset.UnixEpoch, []),
                new Everything(null, null, null, null, null, null, null, null)));
        _store.Reopen();

        Assert.Equal(
            [
                ["", long.MaxValue, double.Epsilon, 79228162514264337593543950335m, true, DateOnly.MinValue, at.UtcDateTime, "[1,2]"],
                ["ünïcode 🎉", long.MinValue, -0.1, 0.000000001m, false, DateOnly.MaxValue, DateTime.UnixEpoch, "[]"],
                [null, null, null, null, null, null, null, null],
            ],
            _store.Values());
        Assert.Equal(
            ["s:String", "i:Integer", "d:Double", "m:Decimal", "b:Boolean", "day:Date", "at:DateTime", "list:Json"], _store.ColumnTypes());
    }

    [Fact]
    public void A_new_column_is_added_and_null_in_the_old_rows()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { Id = 1 }));
        var result = _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { Id = 2, Note = "new" }));

        Assert.Equal([[1L, null], [2L, "new"]], _store.Values());
        Assert.Equal(["Column \"note\" (String) is new."], result.ColumnChanges.Select(change => change.ToString()));
    }

    [Theory]
    [InlineData("Append")]
    [InlineData("Replace")]
    public void A_vanished_column_is_reported(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(new { Id = 1, Note = "old" }));
        var result = _store.Run(method, StoreFixture.Batch(new { Id = 2 }));

        var change = Assert.Single(result.ColumnChanges);
        Assert.Equal(("note", ColumnChangeKind.Vanished), (change.Column, change.Kind));
    }

    [Fact]
    public void A_wider_type_widens_the_column_and_keeps_the_old_values()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 9007199254740993L }));
        var result = _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 1.25m }));

        Assert.Equal([[9007199254740993m], [1.25m]], _store.Values());
        Assert.Equal(ColumnChangeKind.Widened, Assert.Single(result.ColumnChanges).Kind);
    }

    [Fact]
    public void Integers_that_no_double_holds_become_text_rather_than_wrong()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 9007199254740993L }));
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 0.5 }));

        Assert.Equal([["9007199254740993"], ["0.5"]], _store.Values());
    }

    [Fact]
    public void A_narrower_type_is_reported_and_the_column_stays_wide()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 1.5m }));
        var result = _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 2L }));

        Assert.Equal([[1.5m], [2m]], _store.Values());
        var change = Assert.Single(result.ColumnChanges);
        Assert.Equal(ColumnChangeKind.Narrowed, change.Kind);
    }

    [Fact]
    public void Batches_of_one_run_may_bring_columns_in_any_order_and_width()
    {
        Column[] narrow = [new("a", ColumnType.Integer), new("b", ColumnType.Date)];
        Column[] wide = [new("B", ColumnType.DateTime), new("c", ColumnType.Decimal), new("a", ColumnType.String)];
        var day = new DateOnly(2026, 1, 2);
        var at = new DateTime(2026, 1, 3, 4, 5, 6, DateTimeKind.Utc);
        _store.Run(
            UpdateMethod.Replace,
            StoreFixture.Rows(narrow, [1, day]),
            StoreFixture.Rows(wide, [at, 1.5m, "two"]),
            StoreFixture.Rows(narrow, [3, day]),
            StoreFixture.Rows(wide, [at, 1.2345678m, "four"]));

        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        Assert.Equal(["a:String", "b:DateTime", "c:Decimal"], _store.ColumnTypes());
        Assert.Equal([["1", midnight, null], ["two", at, 1.5m], ["3", midnight, null], ["four", at, 1.2345678m]], _store.Values());
    }

    [Fact]
    public void A_decimal_that_needs_more_digits_widens_the_scale()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 5m }));
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = 0.1m }, new { V = 0.0000001m }));

        Assert.Equal([[5m], [0.1m], [0.0000001m]], _store.Values());
    }

    [Fact]
    public void A_decimal_that_no_column_holds_exactly_is_refused_and_nothing_is_stored()
    {
        var refused = Assert.Throws<ConnectorException>(
            () => _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { V = decimal.MaxValue }, new { V = 0.0000000001m })));

        Assert.Equal(FailureKind.Connector, refused.Kind);
        Assert.Equal(0, _store.Reader.Count());
    }

    [Fact]
    public void What_was_not_committed_is_gone()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Plain(1, "kept")));
        using (var writer = _store.Writer(UpdateMethod.Replace))
        {
            writer.Append(StoreFixture.Batch(new Plain(2, "lost")));
        }

        Assert.Equal([[1L, "kept"]], _store.Values());
    }

    [Fact]
    public void Readers_see_the_old_rows_while_a_run_writes()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Plain(1, "old")));
        using var writer = _store.Writer(UpdateMethod.Replace);
        writer.Append(StoreFixture.Batch(new Plain(2, "new")));

        Assert.Equal([[1L, "old"]], _store.Values());
        writer.Commit(isFinal: true);
        Assert.Equal([[2L, "new"]], _store.Values());
    }

    [Fact]
    public void Append_commits_at_checkpoints_and_continues_from_the_last()
    {
        using (var writer = _store.Writer(UpdateMethod.Append))
        {
            writer.Append(StoreFixture.BatchAt(1, new Plain(1, "one")));
            writer.Commit(isFinal: false);
            writer.Append(StoreFixture.BatchAt(2, new Plain(2, "two")));
        }

        Assert.Equal([[1L, "one"]], _store.Values());
        Assert.Equal(1, _store.State()?.GetInt32());
    }

    [Fact]
    public void Replace_reads_from_the_beginning()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.BatchAt(7, new Plain(1, "one")));
        using var writer = _store.Writer(UpdateMethod.Replace);

        Assert.Null(writer.State);
    }

    [Fact]
    public void A_run_with_an_older_fence_cannot_begin()
    {
        using var newer = _store.Writer(UpdateMethod.Append, fence: 7);

        var refused = Assert.Throws<PlatformException>(() => _store.Writer(UpdateMethod.Append, fence: 6));
        Assert.Equal(PlatformFault.Busy, refused.Fault);
    }

    [Fact]
    public void A_run_that_was_overtaken_before_it_wrote_commits_nothing()
    {
        using var old = _store.Writer(UpdateMethod.Append, fence: 1);
        using var newer = _store.Writer(UpdateMethod.Append, fence: 2);
        old.Append(StoreFixture.Batch(new Plain(1, "zombie")));

        Assert.Throws<PlatformException>(() => old.Commit(isFinal: true));
        Assert.Equal(0, _store.Reader.Count());
    }

    [Fact]
    public void A_run_that_was_overtaken_while_it_wrote_commits_nothing()
    {
        using var old = _store.Writer(UpdateMethod.Append, fence: 1);
        old.Append(StoreFixture.Batch(new Plain(1, "zombie")));
        using var newer = _store.Writer(UpdateMethod.Append, fence: 2);

        Assert.Throws<PlatformException>(() => old.Commit(isFinal: true));
        newer.Append(StoreFixture.Batch(new Plain(2, "alive")));
        newer.Commit(isFinal: true);
        Assert.Equal([[2L, "alive"]], _store.Values());
    }

    [Fact]
    public void The_ledger_tells_every_commit()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.BatchAt(1, new Plain(1, "one")));
        _store.Run(UpdateMethod.Replace, StoreFixture.BatchAt(2, new Plain(2, "two")), StoreFixture.BatchAt(3, new Plain(3, "three")));

        Assert.Equal(
            [(1, "run-1", true, 1, 0, 1), (2, "run-2", true, 2, 1, 3)],
            _store.Reader.Commits().Select(entry =>
                ((int)entry.Number, entry.RunId, entry.IsFinal, (int)entry.RowsWritten, (int)entry.RowsRemoved, entry.Checkpoint!.Value.GetInt32())));
    }

    [Fact]
    public void A_replace_without_any_batch_empties_the_rows_and_keeps_the_columns()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Plain(1, "one")));
        var result = _store.Run(UpdateMethod.Replace);

        Assert.Equal(1, result.RowsRemoved);
        Assert.Equal(0, _store.Reader.Count());
        Assert.Equal(["id:Integer", "text:String"], _store.ColumnTypes());
    }

    [Fact]
    public void Rows_tell_which_run_brought_them_and_when()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Plain(1, "one")));
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Plain(2, "two")));

        var rows = _store.Reader.Page(0, 10).Rows;
        Assert.Equal(["run-1", "run-2"], rows.Select(row => row[^2]));
        Assert.All(rows, row => Assert.Equal(DateTimeKind.Utc, Assert.IsType<DateTime>(row[^1]).Kind));
    }
}
