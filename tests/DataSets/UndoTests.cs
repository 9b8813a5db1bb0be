using System.Globalization;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class UndoTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreFixture _store = new() { Rules = new() { Key = ["id"], Partition = new PartitionRule("part", PartitionUnit.Value) } };

    private sealed record Row(long Id, long Part, string? Text);

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("Replace")]
    [InlineData("Append")]
    [InlineData("Upsert")]
    [InlineData("Partition")]
    public void An_undo_brings_back_rows_columns_and_state_of_before(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(UpdateMethod.Append, StoreFixture.BatchAt(1, new Row(1, 1, "one"), new Row(2, 2, "two")));
        var (rows, columns) = (Sorted(), _store.Reader.Columns());
        _store.Run(method, StoreFixture.BatchAt(2, new { Id = 2.5, Part = "2", Text = true, More = "new" }, new { Id = 2.0, Part = "2", Text = false, More = "new" }));
        Assert.NotEqual(rows, Sorted());

        _store.Undo();

        Assert.Equal(rows, Sorted());
        Assert.Equal(columns, _store.Reader.Columns());
        Assert.Equal(1, _store.State()!.Value.GetInt32());
        Assert.Empty(_store.OtherTables());
    }

    [Theory]
    [InlineData("Replace")]
    [InlineData("Append")]
    [InlineData("Upsert")]
    [InlineData("Partition")]
    public void After_the_first_run_is_undone_the_DataSet_is_as_it_was_made(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.BatchAt(1, new Row(1, 1, "one")));

        _store.Undo();

        Assert.Empty(_store.Reader.Columns());
        Assert.Equal(0, _store.Reader.Count());
        Assert.Null(_store.State());
        Assert.Null(_store.Reader.Undoable());
        _store.Run(method, StoreFixture.Batch(new Row(2, 2, "two")));
        Assert.Equal([[2L, 2L, "two"]], Sorted());
    }

    [Fact]
    public void A_run_of_several_commits_is_undone_whole()
    {
        _store.Rules = _store.Rules with { RepeatedKeys = RepeatedKeys.LastWins };
        _store.Run(UpdateMethod.Upsert, StoreFixture.BatchAt(1, new Row(1, 1, "one"), new Row(2, 2, "two")));
        var rows = Sorted();
        using (var writer = _store.Writer(UpdateMethod.Upsert))
        {
            writer.Append(StoreFixture.BatchAt(2, new Row(2, 2, "deux"), new Row(3, 3, "trois")));
            writer.Commit(isFinal: false);
            writer.Append(StoreFixture.BatchAt(3, new Row(2, 2, "zwei"), new Row(1, 1, "eins"), new Row(3, 3, "drei")));
            writer.Commit(isFinal: true);
        }

        var result = _store.Undo();

        Assert.Equal(rows, Sorted());
        Assert.Equal((2, 3), (result.RowsWritten, result.RowsRemoved));
        Assert.Equal(1, _store.State()!.Value.GetInt32());
    }

    [Fact]
    public void A_run_that_was_interrupted_after_a_commit_can_be_undone()
    {
        using (var writer = _store.Writer(UpdateMethod.Append))
        {
            writer.Append(StoreFixture.BatchAt(1, new Row(1, 1, "one")));
            writer.Commit(isFinal: false);
        }

        _store.Undo();

        Assert.Equal(0, _store.Reader.Count());
    }

    [Fact]
    public void Only_as_many_runs_as_the_DataSet_says_can_be_undone()
    {
        _store.Rules = _store.Rules with { UndoRuns = 2 };
        for (var run = 1; run <= 4; run++)
        {
            _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Row(run, 1, "text")));
        }

        Assert.Equal(2, _store.OtherTables().Length);
        _store.Undo();
        _store.Undo();
        Assert.Equal([[2L, 1L, "text"]], Sorted());
        Assert.False(_store.Reader.Undoable()!.IsKept);
        Assert.Throws<PlatformException>(_store.Undo);
        Assert.Equal([[2L, 1L, "text"]], Sorted());
    }

    [Fact]
    public void Where_nothing_is_kept_no_table_is_left()
    {
        _store.Rules = _store.Rules with { UndoRuns = 0 };
        foreach (var method in Enum.GetValues<UpdateMethod>())
        {
            _store.Run(method, StoreFixture.Batch(new Row(1, 1, "text")));
        }

        Assert.Empty(_store.OtherTables());
        Assert.False(_store.Reader.Undoable()!.IsKept);
    }

    [Fact]
    public void An_undo_that_was_overtaken_by_a_run_changes_nothing()
    {
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Row(1, 1, "one")));
        var seen = _store.Reader.Undoable()!;
        _store.Run(UpdateMethod.Replace, StoreFixture.Batch(new Row(2, 2, "two")));

        using var writer = _store.Writer(UpdateMethod.Replace);
        Assert.Equal(PlatformFault.Busy, Assert.Throws<PlatformException>(() => writer.Undo(seen)).Fault);
        Assert.Equal([[2L, 2L, "two"]], Sorted());
    }

    /// <summary>Runs and undos in any order leave what a model of lists and dictionaries leaves. CONNECTOR_PLATFORM_SEED repeats a sequence.</summary>
    [Fact]
    public void Any_sequence_of_runs_and_undos_leaves_what_its_model_leaves()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"CONNECTOR_PLATFORM_SEED={seed}");
        var random = new Random(seed);
        var history = new Stack<(List<Row> Rows, int? State)>();
        (List<Row> Rows, int? State) now = ([], null);
        for (var step = 1; step <= 150; step++)
        {
            if (history.Count > 0 && random.Next(3) == 0)
            {
                _store.Undo();
                now = history.Pop();
            }
            else
            {
                history.Push(now);
                now = (Run((UpdateMethod)random.Next(4), now.Rows, step, random), step);
                if (history.Count > _store.Rules.UndoRuns)
                {
                    history = new(history.Take(_store.Rules.UndoRuns).Reverse());
                }
            }

            Assert.Equal(now.Rows.OrderBy(row => row.Id).ThenBy(row => row.Part).ThenBy(row => row.Text), Sorted().Select(row => new Row((long)row[0]!, (long)row[1]!, (string?)row[2])));
            Assert.Equal(now.State, _store.State()?.GetInt32());
            Assert.Equal(history.Count > 0, _store.Reader.Undoable()?.IsKept == true);
        }
    }

    private List<Row> Run(UpdateMethod method, List<Row> rows, int step, Random random)
    {
        var records = Enumerable.Range(0, random.Next(1, 6)).Select(_ => new Row(random.Next(12), random.Next(4), $"{step}")).DistinctBy(row => row.Id).ToList();
        _store.Run(method, StoreFixture.BatchAt(step, [.. records]));
        return method switch
        {
            UpdateMethod.Replace => records,
            UpdateMethod.Append => [.. rows, .. records],
            UpdateMethod.Upsert => [.. rows.Where(row => records.TrueForAll(record => record.Id != row.Id)), .. records],
            _ => [.. rows.Where(row => records.TrueForAll(record => record.Part != row.Part)), .. records],
        };
    }

    private object?[][] Sorted() => [.. _store.Values().OrderBy(row => row[0]).ThenBy(row => row[1]).ThenBy(row => row[2])];
}
