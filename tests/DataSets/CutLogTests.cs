using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>What a process leaves that is killed, or a machine that loses its power, while a commit is being written to the log.</summary>
public sealed class CutLogTests : IDisposable
{
    private const int BytesBetweenCuts = 300;

    // Each has a key and a partition of the other, and some of its own.
    private static readonly LawRow[] Old = [new(1, 1, "old"), new(2, 1, "old"), new(3, 2, "old")];
    private static readonly LawRow[] New = [new(3, 2, "new"), new(4, 3, "new")];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, bool> Changes => LawRows.Changes;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public void Wherever_the_log_is_cut_rows_state_and_ledger_are_those_of_before_the_commit(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        using var store = new StoreFixture(_folder.File("whole.duckdb")) { Rules = LawRows.Rules };
        store.Run(UpdateMethod.Append, StoreFixture.BatchAt(1, Old));
        if (isUndo)
        {
            store.Run(method, StoreFixture.BatchAt(2, New));
        }

        var (before, begin) = (Print(store), Log(store).Length);
        _ = isUndo ? store.Undo() : store.Run(method, StoreFixture.BatchAt(2, New));
        var (after, log) = (Print(store), Log(store));

        Assert.NotEqual(before, after);
        Assert.Equal(after, Read(store, log));
        for (var end = begin; end < log.Length; end += BytesBetweenCuts)
        {
            Assert.Equal(before, Read(store, log[..end]));
        }
    }

    private static byte[] Log(StoreFixture store) => File.ReadAllBytes(store.Path + ".wal");

    private string Read(StoreFixture store, byte[] log)
    {
        var path = _folder.File("cut.duckdb");
        File.Copy(store.Path, path, overwrite: true);
        File.WriteAllBytes(path + ".wal", log);
        using var cut = new StoreFixture(path);
        return Print(cut);
    }

    private static string Print(StoreFixture store) => $"{LawRows.Print(store.Reader)}; state {store.Reader.State()}; commits {store.Reader.Commits().Count}";
}
