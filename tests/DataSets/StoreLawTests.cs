using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>What holds for every update method, and for the undo of a run by it.</summary>
public sealed class StoreLawTests : IDisposable
{
    private const int Runs = 6;
    private const int Readers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StoreFixture _store = new() { Rules = LawRows.Rules };

    public static TheoryData<string, bool> Changes => LawRows.Changes;

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Readers_see_what_was_before_a_commit_or_what_is_after_it_and_never_a_mixture(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        List<IReadOnlyList<LawRow>> states = [LawRows.Of(0)];
        for (var run = 1; run <= Runs; run++)
        {
            states.Add(LawRows.After(method, states[^1], LawRows.Of(run)));
        }

        _store.Run(UpdateMethod.Append, StoreFixture.Batch(LawRows.Of(0)));
        if (isUndo)
        {
            states.Reverse();
            Enumerable.Range(1, Runs).ToList().ForEach(run => _store.Run(method, StoreFixture.Batch(LawRows.Of(run))));
        }

        await using var readers = new HammeringReaders(_store.Reader, [.. states.Select(LawRows.Print)], Readers);
        for (var run = 1; run <= Runs; run++)
        {
            using var writer = _store.Writer(method);
            if (!isUndo)
            {
                writer.Append(StoreFixture.Batch(LawRows.Of(run)));
            }

            await readers.ReadOnceMoreAsync(Patience);
            _ = isUndo ? writer.Undo(_store.Reader.Undoable()!) : writer.Commit(isFinal: true);
            await readers.ReadOnceMoreAsync(Patience);
        }

        Assert.Equal(LawRows.Print(states[^1]), LawRows.Print(_store.Reader));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_run_whose_DataSet_a_newer_one_has_claimed_changes_nothing_and_the_newer_one_commits(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(LawRows.Of(0)));
        _store.Run(method, StoreFixture.Batch(LawRows.Of(1)));
        var (before, commits) = (LawRows.Print(_store.Reader), _store.Reader.Commits().Count);
        var last = _store.Reader.Undoable()!;

        foreach (var hasBegun in new[] { false, true })
        {
            using var old = _store.Writer(method);
            if (hasBegun)
            {
                old.Append(StoreFixture.Batch(LawRows.Of(2)));
            }

            using var newer = _store.Writer(method);
            if (!hasBegun && !isUndo)
            {
                old.Append(StoreFixture.Batch(LawRows.Of(2)));
            }

            var refused = Assert.Throws<PlatformException>(() => isUndo ? old.Undo(last) : old.Commit(isFinal: true));
            Assert.Equal(PlatformFault.Busy, refused.Fault);
            Assert.Throws<PlatformException>(() => isUndo ? old.Undo(last) : old.Commit(isFinal: true));
        }

        Assert.Equal((before, commits), (LawRows.Print(_store.Reader), _store.Reader.Commits().Count));
        _ = isUndo ? _store.Undo() : _store.Run(method, StoreFixture.Batch(LawRows.Of(3)));
        var expected = LawRows.After(method, LawRows.Of(0), LawRows.Of(1));
        Assert.Equal(LawRows.Print(isUndo ? LawRows.Of(0) : LawRows.After(method, expected, LawRows.Of(3))), LawRows.Print(_store.Reader));
        Assert.Equal(commits + 1, _store.Reader.Commits().Count);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_file_that_is_removed_while_it_is_open_is_told_and_no_success(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(LawRows.Of(0)));
        var last = _store.Reader.Undoable()!;
        using var writer = _store.Writer(method);
        if (!isUndo)
        {
            writer.Append(StoreFixture.Batch(LawRows.Of(1)));
        }

        File.Delete(_store.Path);

        var told = Assert.Throws<PlatformException>(() => isUndo ? writer.Undo(last) : writer.Commit(isFinal: true));
        Assert.Equal(PlatformFault.Storage, told.Fault);
        Assert.StartsWith($"The DataSet's file {_store.Path} is gone, with the rows in it.", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_file_that_another_has_replaced_while_it_is_open_is_told_and_no_success(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(method, StoreFixture.Batch(LawRows.Of(0)));
        var last = _store.Reader.Undoable()!;
        using var writer = _store.Writer(method);
        writer.Append(StoreFixture.Batch(LawRows.Of(1)));

        File.Copy(_store.Path, _store.Path + ".backup");
        File.Move(_store.Path + ".backup", _store.Path, overwrite: true);

        var told = Assert.Throws<PlatformException>(() => isUndo ? writer.Undo(last) : writer.Commit(isFinal: true));
        Assert.StartsWith($"The DataSet's file {_store.Path} was replaced by another", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_log_that_is_removed_while_the_file_is_open_costs_no_row(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(LawRows.Of(0)));
        File.Delete(_store.Path + ".wal");

        _store.Run(method, StoreFixture.Batch(LawRows.Of(1)));
        if (isUndo)
        {
            File.Delete(_store.Path + ".wal");
            _store.Undo();
        }

        var expected = LawRows.Print(isUndo ? LawRows.Of(0) : LawRows.After(method, LawRows.Of(0), LawRows.Of(1)));
        _store.Reopen();
        Assert.Equal(expected, LawRows.Print(_store.Reader));
    }

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public void A_run_that_is_overtaken_after_a_checkpoint_leaves_what_it_committed_there(string updateMethod)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        using var old = _store.Writer(method);
        old.Append(StoreFixture.BatchAt(1, LawRows.Of(0)));
        old.Commit(isFinal: false);
        old.Append(StoreFixture.BatchAt(2, LawRows.Of(10)));
        using var newer = _store.Writer(method);

        Assert.Throws<PlatformException>(() => old.Commit(isFinal: true));

        Assert.Equal((LawRows.Print(LawRows.Of(0)), 1), (LawRows.Print(_store.Reader), newer.State!.Value.GetInt32()));
        newer.Append(StoreFixture.BatchAt(3, LawRows.Of(10)));
        newer.Commit(isFinal: true);
        Assert.Equal(LawRows.Print([.. LawRows.Of(0), .. LawRows.Of(10)]), LawRows.Print(_store.Reader));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_a_change_leaves_is_there_after_the_file_is_opened_again(string updateMethod, bool isUndo)
    {
        var method = Enum.Parse<UpdateMethod>(updateMethod);
        _store.Run(UpdateMethod.Append, StoreFixture.Batch(LawRows.Of(0)));
        _store.Run(method, StoreFixture.Batch(LawRows.Of(1)));
        _store.Reopen();
        Assert.Equal(LawRows.Print(LawRows.After(method, LawRows.Of(0), LawRows.Of(1))), LawRows.Print(_store.Reader));

        if (isUndo)
        {
            _store.Undo();
            _store.Reopen();
            Assert.Equal(LawRows.Print(LawRows.Of(0)), LawRows.Print(_store.Reader));
        }
    }
}
