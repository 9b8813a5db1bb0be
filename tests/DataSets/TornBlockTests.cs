using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>What a process leaves that is killed in the midst of a checkpoint, when a block that is in use is written anew: its first pages are new, the others old.</summary>
public sealed class TornBlockTests : IDisposable
{
    private const int PageBytes = 4_096;
    private const int BlockBytes = 16_384;
    private const int HeaderBytes = 3 * PageBytes;

    // Long enough for a file to be worth a checkpoint when it is closed.
    private static readonly string[] Texts = [.. "abc".Select(letter => new string(letter, 5_000))];

    private readonly TemporaryFolder _folder = new();

    private string Torn => _folder.File("torn.duckdb");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_row_is_lost_wherever_a_write_was_cut()
    {
        var left = CutCheckpoint();
        var cuts = left.Cuts().ToList();
        Assert.NotEmpty(cuts);
        foreach (var torn in cuts)
        {
            Lay(torn, left.Log, left.Journal);

            Assert.Equal(Texts, Read());
            Assert.False(File.Exists(CheckpointJournal.PathOf(Torn)));
        }
    }

    [Fact]
    public void Without_the_copy_such_a_file_is_told_to_be_damaged_and_left_as_it_is()
    {
        var left = CutCheckpoint();
        var refused = 0;
        foreach (var torn in left.Cuts())
        {
            Lay(torn, left.Log, journal: null);
            try
            {
                Read();
            }
            catch (PlatformException exception)
            {
                refused++;
                Assert.Equal(PlatformFault.Storage, exception.Fault);
                Assert.Contains($"The DataSet's file {Torn} is damaged", exception.Message, StringComparison.Ordinal);
                Assert.Contains("from a backup of the data folder", exception.Message, StringComparison.Ordinal);
                Assert.Equal(torn, File.ReadAllBytes(Torn));
            }
        }

        Assert.NotEqual(0, refused);
    }

    [Fact]
    public void A_copy_that_was_cut_off_itself_changes_nothing()
    {
        var left = CutCheckpoint();
        foreach (var length in new[] { 0, 31, HeaderBytes, left.Journal.Length - 1 })
        {
            Lay(left.Before, left.Log, left.Journal[..length]);

            Assert.Equal(Texts, Read());
            Assert.False(File.Exists(CheckpointJournal.PathOf(Torn)));
        }
    }

    [Fact]
    public void A_copy_that_a_finished_checkpoint_left_changes_nothing()
    {
        var left = CutCheckpoint();
        Lay(left.Before, left.Log, journal: null);
        Assert.Equal(Texts, Read());
        var finished = File.ReadAllBytes(Torn);
        Lay(finished, log: null, left.Journal);

        Assert.Equal(Texts, Read());
        Assert.False(File.Exists(CheckpointJournal.PathOf(Torn)));
    }

    /// <summary>A checkpoint that ends when all blocks are written, but not the header.</summary>
    private Left CutCheckpoint()
    {
        using var store = new StoreFixture(_folder.File("source.duckdb"));
        for (var run = 0; run < Texts.Length; run++)
        {
            store.Reopen();
            store.Run(UpdateMethod.Append, StoreFixture.Rows([new("text", ColumnType.String)], [Texts[run]]));
        }

        var before = File.ReadAllBytes(store.Path);
        using (var connection = store.File.Connect())
        {
            connection.Run("SET debug_checkpoint_abort = 'after_free_list_write'");
        }

        store.File.Dispose();
        return new Left(before, File.ReadAllBytes(store.Path), File.ReadAllBytes(store.Path + ".wal"), File.ReadAllBytes(CheckpointJournal.PathOf(store.Path)));
    }

    private void Lay(byte[] file, byte[]? log, byte[]? journal)
    {
        foreach (var (path, bytes) in new[] { (Torn, file), (Torn + ".wal", log), (CheckpointJournal.PathOf(Torn), journal) })
        {
            File.Delete(path);
            if (bytes is not null)
            {
                File.WriteAllBytes(path, bytes);
            }
        }
    }

    private string[] Read()
    {
        using var store = new StoreFixture(Torn);
        return [.. store.Values().Select(row => (string)row[0]!)];
    }

    /// <param name="Before">The file before the checkpoint.</param>
    /// <param name="After">The file as the checkpoint left it.</param>
    private sealed record Left(byte[] Before, byte[] After, byte[] Log, byte[] Journal)
    {
        /// <summary>The file with every block that is changed in turn cut after each of its pages.</summary>
        public IEnumerable<byte[]> Cuts()
        {
            for (var block = HeaderBytes; block + BlockBytes <= Before.Length; block += BlockBytes)
            {
                if (Before.AsSpan(block, BlockBytes).SequenceEqual(After.AsSpan(block, BlockBytes)))
                {
                    continue;
                }

                for (var end = PageBytes; end < BlockBytes; end += PageBytes)
                {
                    var torn = Before.ToArray();
                    After.AsSpan(block, end).CopyTo(torn.AsSpan(block));
                    yield return torn;
                }
            }
        }
    }
}
