using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>A disk that is full while a run writes, commits or is undone, for every update method.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Megabytes = 24;
    private const int Wide = 200;

    private readonly SmallDisk _disk = new(Megabytes);

    public static TheoryData<string, bool> Changes => LawRows.Changes;

    public void Dispose() => _disk.Dispose();

    /// <summary>The disk has no room at all, or too little for what comes; the file stays open, as that of a DataSet which runs often.</summary>
    [Theory]
    [MemberData(nameof(Changes))]
    public void A_full_disk_is_told_the_DataSet_is_unchanged_and_a_later_run_works(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        using var store = new StoreFixture(_disk.File("law.duckdb")) { Rules = LawRows.Rules };
        store.Run(UpdateMethod.Append, StoreFixture.Batch(LawRows.Wide(0, LawRows.Count, Wide)));
        store.Run(method, StoreFixture.Batch(LawRows.Wide(1, LawRows.Count, Wide)));
        var (before, commits, columns) = (LawRows.Print(store.Reader), store.Reader.Commits().Count, store.Reader.Columns());

        foreach (var room in new[] { 0, 1_000_000 })
        {
            _disk.Fill(leaving: room);
            if (isUndo && Undone(store))
            {
                return;
            }

            if (!isUndo)
            {
                IsTold(Assert.Throws<PlatformException>(() => store.Run(method, StoreFixture.Batch(LawRows.Wide(2, 40 * LawRows.Count, Wide)))));
            }

            Assert.Equal((before, commits), (LawRows.Print(store.Reader), store.Reader.Commits().Count));
            Assert.Equal(columns, store.Reader.Columns());
        }

        _disk.Free();
        _ = isUndo ? store.Undo() : store.Run(method, StoreFixture.Batch(LawRows.Wide(3, 10 * LawRows.Count, Wide)));
        store.Reopen();

        var expected = isUndo ? LawRows.Of(0) : LawRows.After(method, LawRows.After(method, LawRows.Of(0), LawRows.Of(1)), LawRows.Of(3, 10 * LawRows.Count));
        Assert.Equal(LawRows.Print(expected), LawRows.Print(store.Reader));
        Assert.Equal(commits + 1, store.Reader.Commits().Count);
    }

    /// <summary>An undo needs little room: it may find it where a run does not, but then it is whole.</summary>
    private static bool Undone(StoreFixture store)
    {
        try
        {
            store.Undo();
        }
        catch (PlatformException exception)
        {
            IsTold(exception);
            return false;
        }

        Assert.Equal(LawRows.Print(LawRows.Of(0)), LawRows.Print(store.Reader));
        return true;
    }

    private static void IsTold(PlatformException exception)
    {
        Assert.Equal(PlatformFault.Storage, exception.Fault);
        Assert.True(exception.Message.Contains("is full. Nothing was changed; free some space and run again.", StringComparison.Ordinal), exception.ToString());
    }
}
