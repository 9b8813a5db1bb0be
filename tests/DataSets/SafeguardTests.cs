using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Runs that differ from those before them, and what the DataSet's safeguards make of it.</summary>
public sealed class SafeguardTests : IDisposable
{
    private static readonly DataSetRules Keyed = new() { Key = ["id"], Partition = new PartitionRule("part", PartitionUnit.Value) };

    private readonly StoreFixture _store = new();

    private sealed record Row(long Id, long Part, string? Text);

    public static TheoryData<string> Methods => ["Replace", "Append", "Upsert", "Partition"];

    public static TheoryData<string, string> ChangesAndActions
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var change in new[] { "Added", "Vanished", "Widened", "Narrowed", "Retyped" })
            {
                foreach (var action in Enum.GetNames<SafeguardAction>())
                {
                    data.Add(change, action);
                }
            }

            return data;
        }
    }

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(ChangesAndActions))]
    public void Each_kind_of_column_change_has_its_own_action(string change, string action)
    {
        var wanted = Enum.Parse<SafeguardAction>(action);
        var quiet = new Safeguards { AddedColumns = SafeguardAction.Accept, VanishedColumns = SafeguardAction.Accept, RetypedColumns = SafeguardAction.Accept };
        var (before, after, safeguards) = change switch
        {
            "Added" => (StoreFixture.Batch(new { Id = 1L }), StoreFixture.Batch(new { Id = 2L, More = "x" }), quiet with { AddedColumns = wanted }),
            "Vanished" => (StoreFixture.Batch(new { Id = 1L, More = "x" }), StoreFixture.Batch(new { Id = 2L }), quiet with { VanishedColumns = wanted }),
            "Widened" => (StoreFixture.Batch(new { Id = 1L }), StoreFixture.Batch(new { Id = 1.5 }), quiet with { RetypedColumns = wanted }),
            "Narrowed" => (StoreFixture.Batch(new { Id = 1.5 }), StoreFixture.Batch(new { Id = 2L }), quiet with { RetypedColumns = wanted }),
            _ => (StoreFixture.Batch(new { Id = 1L }), StoreFixture.Batch(new { Id = true }), quiet with { RetypedColumns = wanted }),
        };
        _store.Run(UpdateMethod.Replace, before);
        _store.Rules = new() { Safeguards = safeguards };

        var result = _store.Run(UpdateMethod.Replace, after);

        Assert.Equal(wanted, Assert.Single(result.Findings).Action);
        Assert.Equal(wanted == SafeguardAction.Hold, result.HeldBecause is not null);
        Assert.Equal(wanted == SafeguardAction.Hold ? 1 : 2, _store.Reader.Commits().Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_held_run_changes_nothing_until_it_is_approved_and_then_everything(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        var (rows, columns) = Fill(method);
        HoldNewColumn(method);

        Assert.Equal((rows, columns, 1), (Text(), string.Join(",", _store.ColumnTypes()), _store.Reader.State()!.Value.GetInt32()));
        _store.Reopen();
        var held = _store.Reader.Held()!;
        Assert.Equal(("held", 1, 2), (held.RunId, held.Arrival.Count, held.Checkpoint!.Value.GetInt32()));
        Assert.Equal(["Column \"more\" (String) is new."], held.Reasons);
        Assert.Equal([2L, 2L, "two!", "x"], Assert.Single(_store.Reader.HeldPage(0, 10).Rows)[..^2]);

        CommitResult result;
        using (var writer = _store.Writer(method, "held"))
        {
            result = writer.Approve("held");
        }

        Assert.Equal(1, result.RowsWritten);
        Assert.Null(_store.Reader.Held());
        var expected = method switch
        {
            UpdateMethod.Replace => "2,2,two!,x",
            UpdateMethod.Append => "1,1,one,|2,2,two!,x|2,2,two,",
            _ => "1,1,one,|2,2,two!,x",
        };
        Assert.Equal((expected, 2), (Text(), _store.Reader.State()!.Value.GetInt32()));
        Assert.Equal("held", _store.Reader.Commits()[^1].RunId);

        _store.Undo();
        Assert.Equal((rows, columns, 1), (Text(), string.Join(",", _store.ColumnTypes()), _store.Reader.State()!.Value.GetInt32()));
        Assert.Empty(_store.OtherTables());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_rejected_run_leaves_nothing_behind(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        var (rows, _) = Fill(method);
        HoldNewColumn(method);

        using (var writer = _store.Writer(method, "held"))
        {
            writer.Reject("held");
        }

        Assert.Equal((rows, 1), (Text(), _store.Reader.State()!.Value.GetInt32()));
        Assert.Null(_store.Reader.Held());
        Assert.DoesNotContain(_store.OtherTables(), table => table.StartsWith("_held", StringComparison.Ordinal));
    }

    [Fact]
    public void No_other_run_writes_while_one_waits()
    {
        Fill(UpdateMethod.Append);
        HoldNewColumn(UpdateMethod.Append);

        var refused = Assert.Throws<PlatformException>(() => _store.Run(UpdateMethod.Append, StoreFixture.Batch(new Row(3, 3, "three"))));

        Assert.Equal(PlatformFault.Busy, refused.Fault);
        Assert.Contains("waits for approval", refused.Message, StringComparison.Ordinal);
        Assert.Contains("\"more\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_wait_any_more_is_neither_approved_nor_rejected()
    {
        Fill(UpdateMethod.Append);
        using var writer = _store.Writer(UpdateMethod.Append, "held");

        Assert.Contains("does not wait", Assert.Throws<PlatformException>(() => writer.Approve("held")).Message, StringComparison.Ordinal);
        Assert.Contains("does not wait", Assert.Throws<PlatformException>(() => writer.Reject("held")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_commits_on_its_way_waits_to_the_end_where_a_safeguard_may_hold_the_run()
    {
        using (var writer = _store.Writer(UpdateMethod.Append))
        {
            Assert.True(writer.CommitsAtCheckpoints);
        }

        _store.Rules = new() { Safeguards = new() { OffRows = SafeguardAction.Hold } };
        using (var writer = _store.Writer(UpdateMethod.Append))
        {
            Assert.True(writer.CommitsAtCheckpoints);
        }

        _store.Rules = new() { Safeguards = new() { MostOff = 10, OffRows = SafeguardAction.Hold } };
        using (var writer = _store.Writer(UpdateMethod.Append))
        {
            Assert.False(writer.CommitsAtCheckpoints);
        }
    }

    [Theory]
    [InlineData("Accept")]
    [InlineData("Warn")]
    [InlineData("Hold")]
    public void A_run_without_rows_does_what_its_safeguard_says(string action)
    {
        var wanted = Enum.Parse<SafeguardAction>(action);
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Row(1, 1, "one")));
        _store.Rules = new() { Safeguards = new() { NoRows = wanted } };

        var result = _store.Run(UpdateMethod.Replace);

        Assert.Equal(("The source delivered no rows.", wanted), (Assert.Single(result.Findings).Message, result.Findings[0].Action));
        Assert.Equal(wanted == SafeguardAction.Hold ? 1 : 0, _store.Reader.Count());
        if (wanted == SafeguardAction.Hold)
        {
            Assert.Empty(_store.Reader.HeldPage(0, 10).Rows);
            using var writer = _store.Writer(UpdateMethod.Replace, _store.Reader.Held()!.RunId);
            writer.Approve(_store.Reader.Held()!.RunId);
            Assert.Equal(0, _store.Reader.Count());
        }
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(15, false)]
    [InlineData(5, false)]
    [InlineData(4, true)]
    public void Rows_off_the_median_of_the_last_runs_are_found(int rows, bool isOff)
    {
        _store.Rules = new() { Safeguards = new() { MostOff = 50, OffRows = SafeguardAction.Hold } };
        foreach (var usual in new[] { 10, 5, 11, 10, 9 })
        {
            Assert.Null(_store.Run(UpdateMethod.Replace, Rows(usual)).HeldBecause);
        }

        var result = _store.Run(UpdateMethod.Replace, Rows(rows));

        Assert.Equal(isOff, result.HeldBecause is not null);
        if (isOff)
        {
            Assert.Equal(
                [$"The run brought {rows} rows, 60 % {(rows > 10 ? "more" : "fewer")} than the median 10 of the last 5 runs; the DataSet allows 50 %."],
                result.HeldBecause!);
        }
    }

    [Fact]
    public void Two_runs_are_no_habit_and_undone_ones_none_at_all()
    {
        _store.Rules = new() { Safeguards = new() { MostOff = 50 } };
        foreach (var usual in new[] { 10, 10, 1000 })
        {
            Assert.Empty(_store.Run(UpdateMethod.Replace, Rows(usual)).Findings);
        }

        _store.Undo();
        Assert.Empty(_store.Run(UpdateMethod.Replace, Rows(1000)).Findings);
        Assert.NotEmpty(_store.Run(UpdateMethod.Replace, Rows(1000)).Findings.Concat(_store.Run(UpdateMethod.Replace, Rows(10_000)).Findings));
    }

    [Fact]
    public void Runs_that_failed_after_a_commit_say_nothing_of_how_many_rows_are_usual()
    {
        _store.Rules = new() { Safeguards = new() { MostOff = 50 } };
        foreach (var _ in Enumerable.Range(0, 3))
        {
            _store.Run(UpdateMethod.Append, Rows(10));
        }

        foreach (var _ in Enumerable.Range(0, 4))
        {
            using var failed = _store.Writer(UpdateMethod.Append);
            failed.Append(Rows(1));
            failed.Commit(isFinal: false);
        }

        Assert.Empty(_store.Run(UpdateMethod.Append, Rows(10)).Findings);
    }

    [Fact]
    public void A_run_that_cannot_be_published_fails_and_is_not_held()
    {
        Fill(UpdateMethod.Upsert);
        _store.Rules = Keyed with { Safeguards = new() { AddedColumns = SafeguardAction.Hold } };

        Assert.Throws<ConnectorException>(() => _store.Run(UpdateMethod.Upsert, StoreFixture.Batch(new { Id = (long?)null, Part = 1L, Text = "no key", More = "x" })));

        Assert.Null(_store.Reader.Held());
    }

    [Fact]
    public void Safeguards_survive_the_metadata_store()
    {
        var rules = new DataSetRules
        {
            MostQuarantined = 7,
            Safeguards = new() { AddedColumns = SafeguardAction.Hold, VanishedColumns = SafeguardAction.Accept, RetypedColumns = SafeguardAction.Hold, NoRows = SafeguardAction.Accept, MostOff = 12.5, OffRows = SafeguardAction.Accept },
        };

        Assert.Equal(rules, DataSetRules.Parse(rules.ToJson()));
        Assert.Equal(new DataSetRules(), DataSetRules.Parse("{}"));
    }

    private static RecordBatch Rows(int count) => StoreFixture.Batch([.. Enumerable.Range(1, count).Select(id => new Row(id, 1, "x"))]);

    private (string Rows, string Columns) Fill(UpdateMethod method)
    {
        _store.Rules = Keyed;
        _store.Run(method, StoreFixture.BatchAt(1, new Row(1, 1, "one"), new Row(2, 2, "two")));
        return (Text(), string.Join(",", _store.ColumnTypes()));
    }

    private void HoldNewColumn(UpdateMethod method)
    {
        _store.Rules = Keyed with { Safeguards = new() { AddedColumns = SafeguardAction.Hold } };
        using var writer = _store.Writer(method, "held");
        writer.Append(StoreFixture.BatchAt(2, new { Id = 2L, Part = 2L, Text = "two!", More = "x" }));
        Assert.NotNull(writer.Commit(isFinal: true).HeldBecause);
    }

    private string Text() => string.Join("|", _store.Values().Select(row => string.Join(",", row)).Order(StringComparer.Ordinal));
}
