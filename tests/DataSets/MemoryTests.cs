using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

public sealed class MemoryTests : IDisposable
{
    private readonly StoreFixture _store = new();

    private sealed record Plain(long Id, string? Text);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Far_more_than_the_memory_limit_is_written_and_rewritten()
    {
        var megabyte = new string('x', 1 << 20);
        var many = Enumerable.Range(0, 60).Select(i => new Plain(i, i + megabyte)).ToArray();
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(many), StoreFixture.Batch(many));
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(many.Select(record => new { Id = record.Id + 0.5m, record.Text }).ToArray()));

        Assert.Equal(180, _store.Reader.Count());
        Assert.Equal(59 + megabyte, _store.Reader.Page(119, 1).Rows[0][1]);
    }

    [Fact]
    public void A_larger_memory_limit_is_never_lowered_and_wide_rows_raise_it()
    {
        using var folder = new TemporaryFolder();
        using var file = DataSetFile.Open(folder.File("a; 'quoted'.duckdb"), 64);

        file.Reserve(1 << 20, 10);
        Assert.Equal("64.0 MiB", Limit(file));
        file.Reserve(1 << 20, 50);
        Assert.Equal("300.0 MiB", Limit(file));
        file.Reserve(1L << 40, 1_000_000);
        Assert.NotEqual("300.0 MiB", Limit(file));
        file.Reserve(1, 1);
        Assert.NotEqual("64.0 MiB", Limit(file));

        static object? Limit(DataSetFile file)
        {
            using var connection = file.Connect();
            return connection.Scalar("SELECT current_setting('memory_limit')");
        }
    }

    [Fact]
    public void Wide_rows_of_a_reopened_file_can_be_added_to_and_widened()
    {
        var megabyte = new string('x', 1 << 20);
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(Enumerable.Range(0, 60).Select(i => new Plain(i, megabyte)).ToArray()));
        _store.Reopen();
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(new { Id = 0.5m, Text = 7L }));

        Assert.Equal(61, _store.Reader.Count());
        Assert.Equal([0.5m, "7"], _store.Values()[60]);
    }
}
