using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Tables of many columns with the memory that a DataSet has by default.</summary>
public sealed class WideTableTests
{
    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    public void One_row_of_many_columns_is_stored_read_reopened_and_added_to(int count)
    {
        using var store = new StoreFixture();
        var (columns, row) = Wide(count);
        store.Run(UpdateMethod.Append, StoreFixture.Rows(columns, row));
        Assert.Equal([row], store.Values());

        store.Reopen();

        Assert.Equal([row], store.Values());
        store.Run(UpdateMethod.Append, StoreFixture.Rows(columns, row));
        Assert.Equal([row, row], store.Values());
    }

    [Fact]
    public void What_a_killed_process_left_of_many_columns_in_the_log_can_be_opened()
    {
        using var store = new StoreFixture();
        using var folder = new TemporaryFolder();
        var (columns, row) = Wide(1000);
        store.Run(UpdateMethod.Append, StoreFixture.Rows(columns, row));
        File.Copy(store.Path, folder.File("killed.duckdb"));
        File.Copy(store.Path + ".wal", folder.File("killed.duckdb.wal"));

        using var killed = new StoreFixture(folder.File("killed.duckdb"));

        Assert.Equal([row], killed.Values());
    }

    private static (Column[] Columns, object?[] Row) Wide(int count) =>
        ([.. Enumerable.Range(0, count).Select(number => new Column($"c{number}", ColumnType.String))], [.. Enumerable.Range(0, count).Select(number => $"text {number}")]);
}
