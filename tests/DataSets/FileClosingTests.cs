using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class FileClosingTests
{
    private static readonly Column[] Columns = [.. Enumerable.Range(0, 60).Select(number => new Column($"c{number}", ColumnType.String))];

    [Fact]
    public void A_file_that_is_closed_leaves_nothing_in_its_log_when_that_has_grown()
    {
        using var store = new StoreFixture();

        // Rows would bring room of their own: the platform's tables alone need more than there is at first.
        for (var run = 0; run < 10; run++)
        {
            store.Run(UpdateMethod.Append);
        }

        store.File.Dispose();

        Assert.False(File.Exists(store.Path + ".wal"), "What was committed is still in the log, and opening the file will take long.");
    }

    [Fact]
    public void A_file_of_which_little_was_written_is_closed_without_a_checkpoint_and_loses_nothing()
    {
        using var store = new StoreFixture();
        store.Run(UpdateMethod.Append, StoreFixture.Rows(Columns[..1], ["first"]));
        var blocks = File.ReadAllBytes(store.Path);
        store.File.Dispose();

        Assert.Equal(blocks, File.ReadAllBytes(store.Path));
        store.Reopen();
        Assert.Equal([["first"]], store.Values());
    }

    [Fact]
    public void Files_that_follow_each_other_see_nothing_of_each_other()
    {
        using var first = new StoreFixture();
        first.Run(UpdateMethod.Append, StoreFixture.Rows(Columns[..1], ["first"]));
        first.File.Dispose();

        using var second = new StoreFixture();
        second.Run(UpdateMethod.Append, StoreFixture.Rows(Columns[1..2], ["second"]));
        first.Reopen();

        Assert.Equal([["first"]], first.Values());
        Assert.Equal([["second"]], second.Values());
    }

    [Fact]
    public void Whoever_is_left_with_a_connection_never_meets_another_file()
    {
        using var first = new StoreFixture();
        using var left = first.File.Connect();
        first.File.Dispose();
        using var others = new Others(12);

        Assert.Equal(first.Path, left.Scalar("SELECT path FROM duckdb_databases() WHERE database_name = 'dataset'"));
    }

    [Fact]
    public void Closing_twice_closes_nothing_of_somebody_else()
    {
        using var first = new StoreFixture();
        first.File.Dispose();
        using var second = new StoreFixture();
        first.File.Dispose();

        Assert.Equal(2, second.Run(UpdateMethod.Append, StoreFixture.Rows(Columns[..1], ["a"], ["b"])).RowsWritten);
    }

    /// <summary>More files than engines are kept.</summary>
    private sealed class Others(int count) : IDisposable
    {
        private readonly StoreFixture[] _stores = [.. Enumerable.Range(0, count).Select(_ => new StoreFixture())];

        public void Dispose() => Array.ForEach(_stores, store => store.Dispose());
    }
}
