using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Records that cannot be stored.</summary>
public sealed class QuarantineTests : IDisposable
{
    private static readonly DataSetRules Strict = new() { MostQuarantined = 10, Key = ["id"], Partition = new PartitionRule("part", PartitionUnit.Value) };

    private static readonly Column[] Loose = [new("id", ColumnType.Integer), new("part", ColumnType.Integer), new("clicks", ColumnType.String)];

    private readonly StoreFixture _store = new() { Rules = Strict };

    private sealed record Row(long? Id, long Part, long Clicks);

    public static TheoryData<string> Methods => ["Replace", "Append", "Upsert", "Partition"];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_value_that_is_none_of_its_column_goes_to_the_quarantine_and_the_column_keeps_its_type(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(new Row(1, 1, 10)));

        var result = _store.Run(method, StoreFixture.Rows(Loose, [2L, 2L, "20"], [3L, 3L, "n/a"], [4L, 4L, null], [5L, 5L, "1.5"]));

        Assert.Equal((2, 2), (result.RowsWritten, result.RowsRejected));
        Assert.Equal(["id:Integer", "part:Integer", "clicks:Integer"], _store.ColumnTypes());
        Assert.Equal(method == UpdateMethod.Replace ? "2,2,20|4,4," : "1,1,10|2,2,20|4,4,", Text());
        var (rows, total) = _store.Reader.Quarantine(10);
        Assert.Equal(2, total);
        Assert.Equal(("run-2", "Column \"clicks\" is Integer, and this is none: n/a"), (rows[0].RunId, rows[0].Reason));
        Assert.Equal([new("id", "3"), new("part", "3"), new("clicks", "n/a")], rows[0].Values);
        Assert.Equal("Column \"clicks\" is Integer, and this is none: 1.5", rows[1].Reason);
    }

    [Theory]
    [InlineData(ColumnType.Integer, "12", "12.5", "9223372036854775808")]
    [InlineData(ColumnType.Decimal, "1.25", "1.255", "1e3")]
    [InlineData(ColumnType.Double, "1e3", "much", "1,5")]
    [InlineData(ColumnType.Boolean, "TRUE", "1", "yes")]
    [InlineData(ColumnType.Date, "2026-02-28", "2026-02-29", "28.02.2026")]
    [InlineData(ColumnType.DateTime, "2026-02-28T12:00:00Z", "soon", "2026-02-29T12:00:00Z")]
    [InlineData(ColumnType.Json, "{\"a\": [1]}", "{", "a")]
    public void Text_is_stored_only_where_it_reads_as_the_type_exactly(ColumnType type, string good, string bad, string worse)
    {
        object value = type switch
        {
            ColumnType.Integer => 1L,
            ColumnType.Decimal => 1.25m,
            ColumnType.Double => 1.5,
            ColumnType.Boolean => true,
            ColumnType.Date => new DateOnly(2026, 1, 1),
            ColumnType.DateTime => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            _ => System.Text.Json.JsonElement.Parse("{}"),
        };
        _store.Run(UpdateMethod.Append, StoreFixture.Rows([new("v", type)], [value]));

        var result = _store.Run(UpdateMethod.Append, StoreFixture.Rows([new("v", ColumnType.String)], [good], [bad], [worse]));

        Assert.Equal((1, 2), (result.RowsWritten, result.RowsRejected));
        Assert.Equal([$"v:{type}"], _store.ColumnTypes());
    }

    [Fact]
    public void A_record_without_a_key_goes_to_the_quarantine()
    {
        var result = _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new Row(1, 1, 10), new Row(null, 2, 20)));

        Assert.Equal((1, 1), (result.RowsWritten, result.RowsRejected));
        Assert.Equal("No value in the key column \"id\"", _store.Reader.Quarantine(10).Rows[0].Reason);
    }

    [Fact]
    public void More_than_the_DataSet_allows_fail_the_run_and_nothing_is_stored()
    {
        _store.Rules = Strict with { MostQuarantined = 1 };
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(1, 1, 10)));

        var failure = Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Append, StoreFixture.Rows(Loose, [2L, 2L, "a"], [3L, 3L, "b"])));

        Assert.Contains("2 records of this run cannot be stored, and the DataSet lets 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("this is none: a", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("1,1,10", 0L), (Text(), _store.Reader.Quarantine(10).Total));
    }

    [Fact]
    public void The_limit_counts_all_commits_of_a_run()
    {
        _store.Rules = Strict with { MostQuarantined = 1 };
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(1, 1, 10)));
        using var writer = _store.Writer(UpdateMethod.Append);
        writer.Append(StoreFixture.Rows(Loose, [2L, 2L, "a"]));
        writer.Commit(isFinal: false);
        writer.Append(StoreFixture.Rows(Loose, [3L, 3L, "b"]));

        Assert.Throws<ConnectorException>(() => writer.Commit(isFinal: true));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void What_is_in_the_quarantine_can_be_stored_once_the_rules_allow_it_and_that_can_be_undone(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(new Row(1, 1, 10)));
        _store.Run(method, StoreFixture.Rows(Loose, [2L, 2L, "20"], [3L, 3L, "n/a"]));
        var before = Text();
        Assert.Equal(1, Replay(method).RowsRejected);
        Assert.Equal(before, Text());
        _store.Undo();

        _store.Rules = Strict with { MostQuarantined = 0 };
        var result = Replay(method);

        Assert.Equal((1, 0), (result.RowsWritten, result.RowsRejected));
        Assert.Equal(["id:Integer", "part:Integer", "clicks:String"], _store.ColumnTypes());
        Assert.Equal(method == UpdateMethod.Replace ? "2,2,20|3,3,n/a" : "1,1,10|2,2,20|3,3,n/a", Text());
        Assert.Empty(_store.Reader.Quarantine(10).Rows);

        _store.Undo();
        Assert.Equal((before, 1L), (Text(), _store.Reader.Quarantine(10).Total));
        _store.Undo();
        Assert.Equal(("1,1,10", 0L), (Text(), _store.Reader.Quarantine(10).Total));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_record_never_takes_the_place_of_what_a_later_run_brought(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(new Row(1, 1, 10)));
        _store.Run(method, StoreFixture.Rows(Loose, [3L, 3L, "n/a"]));
        _store.Run(method, StoreFixture.Batch(new Row(3, 3, 30)));
        var before = Text();
        _store.Rules = Strict with { MostQuarantined = 0 };

        var result = Replay(method);

        if (method == UpdateMethod.Append)
        {
            Assert.Equal("1,1,10|3,3,30|3,3,n/a", Text());
            return;
        }

        Assert.Equal((0, 1), (result.RowsWritten, result.RowsRejected));
        Assert.Equal(before, Text());
        Assert.Equal("A later run has replaced what this record belongs to", _store.Reader.Quarantine(10).Rows[0].Reason);
    }

    [Fact]
    public void Records_of_different_columns_are_replayed_together()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(1, 1, 10)));
        _store.Run(UpdateMethod.Append, StoreFixture.Rows(Loose, [2L, 2L, "a"]));
        _store.Run(UpdateMethod.Append, StoreFixture.Rows([.. Loose, new("more", ColumnType.Double)], [3L, 3L, "b", 0.1]));
        _store.Rules = Strict with { MostQuarantined = 0 };

        Assert.Equal(2, Replay(UpdateMethod.Append).RowsWritten);

        Assert.Equal("1,1,10,|2,2,a,|3,3,b,0.1", Text());
        _store.Undo();
        Assert.Equal(2, _store.Reader.Quarantine(10).Total);
    }

    [Fact]
    public void Discarded_records_are_gone()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(1, 1, 10)));
        _store.Run(UpdateMethod.Append, StoreFixture.Rows(Loose, [2L, 2L, "a"]));
        using var writer = _store.Writer(UpdateMethod.Append);

        Assert.Equal(1, writer.DiscardQuarantine());

        Assert.Equal(0, _store.Reader.Quarantine(10).Total);
    }

    [Fact]
    public void A_rejected_run_takes_its_quarantined_records_with_it()
    {
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(1, 1, 10)));
        _store.Rules = Strict with { Safeguards = new() { AddedColumns = SafeguardAction.Hold } };
        using (var writer = _store.Writer(UpdateMethod.Append, "held"))
        {
            writer.Append(StoreFixture.Rows([.. Loose, new("more", ColumnType.String)], [2L, 2L, "a", "x"], [3L, 3L, "3", "x"]));
            Assert.NotNull(writer.Commit(isFinal: true).HeldBecause);
        }

        Assert.Equal((1L, 1L), (_store.Reader.Quarantine(10).Total, _store.Reader.Held()!.Arrival.Count));
        using (var writer = _store.Writer(UpdateMethod.Append, "held"))
        {
            writer.Reject("held");
        }

        Assert.Equal(0, _store.Reader.Quarantine(10).Total);
    }

    private CommitResult Replay(UpdateMethod method)
    {
        using var writer = _store.Writer(method);
        return writer.Replay();
    }

    private string Text() => string.Join("|", _store.Values().Select(row => FormattableString.Invariant($"{string.Join(",", row)}")).Order(StringComparer.Ordinal));
}
