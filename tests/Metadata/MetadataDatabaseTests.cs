using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Metadata;

public sealed class MetadataDatabaseTests : IDisposable
{
    private const string Insert = "INSERT INTO accounts (id, name, connector, credentials, created_at, updated_at) VALUES (@id, @name, 'hello', '', '', '')";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_many_writes_at_one_time_each_is_stored_or_refused_by_itself()
    {
        using var folder = DataFolder.Open(_folder.File("data"));
        var database = MetadataDatabase.Open(folder);

        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(() =>
            database.TryInsert(Insert, new { id = $"{number}", name = $"account {number / 2}" }))));

        Assert.Equal(20, added.Count(isAdded => isAdded));
        Assert.Equal(20, database.Find<long>("SELECT count(DISTINCT name) FROM accounts"));
    }

    [Fact]
    public async Task Numbers_that_are_taken_at_one_time_are_all_different()
    {
        using var folder = DataFolder.Open(_folder.File("data"));
        var database = MetadataDatabase.Open(folder);
        database.Execute(Insert, new { id = "1", name = "0" });

        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() =>
            database.Find<long>("UPDATE accounts SET name = CAST(name AS INTEGER) + 1 WHERE id = '1' RETURNING CAST(name AS INTEGER)"))));

        Assert.Equal(Enumerable.Range(1, 40).Select(number => (long)number), taken.Order());
    }

    [Fact]
    public void Several_statements_are_done_all_or_not_at_all()
    {
        using var folder = DataFolder.Open(_folder.File("data"));
        var database = MetadataDatabase.Open(folder);

        Assert.ThrowsAny<Exception>(() => database.Execute($"{Insert}; {Insert}", new { id = "1", name = "one" }));
        Assert.Equal(0, database.Find<long>("SELECT count(*) FROM accounts"));
    }
}
