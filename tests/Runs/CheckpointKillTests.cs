using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>
/// The host's own process, killed when it writes the log into the tables; several hundred times when <c>CONNECTOR_TESTS_HEAVY</c> is 1. CONNECTOR_PLATFORM_SEED repeats the choice of moments.
/// </summary>
public sealed class CheckpointKillTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Greetings = 300;

    // 128 and the number of SIGKILL.
    private const int Killed = 137;

    private static readonly int Kills = Environment.GetEnvironmentVariable("CONNECTOR_TESTS_HEAVY") == "1" ? 400 : 12;

    // About what a checkpoint takes.
    private static readonly TimeSpan MostDelay = TimeSpan.FromMilliseconds(15);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private GreetingSource _source = null!;

    private string DataFolder => _folder.File("data");

    [Fact]
    public async Task The_rows_are_there_and_the_file_can_be_opened_whenever_a_checkpoint_is_cut()
    {
        await using var source = _source = await GreetingSource.StartAsync();
        var (dataSet, path) = await CreateAsync();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_SEED"), CultureInfo.InvariantCulture, out var chosen) ? chosen : Random.Shared.Next();
        output.WriteLine($"CONNECTOR_PLATFORM_SEED={seed}, {Kills} kills");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            var text = $"Hello of run {kill}";
            source.Say = id => $"{text} {id}";
            await RunAndKillAsync(path, dataSet, random.NextDouble() * MostDelay);
            Count(File.Exists(CheckpointJournal.PathOf(path)) ? "in the midst" : File.Exists(path + ".wal") ? "before or after" : "done");

            // A run commits before its file is closed.
            await using var platform = new TestPlatform { DataFolder = DataFolder };
            await platform.Part<RunReconciler>().ReconcileAsync(TestPlatform.Cancellation);
            Assert.Equal(GreetingSource.Rows(Greetings, text), await platform.ReadAsync(dataSet, StoredText.Rows));
            Assert.Equal(kill + 1, await platform.ReadAsync(dataSet, reader => reader.Commits().Count));
        }

        Assert.True(_outcomes.ContainsKey("in the midst"), "No kill met a checkpoint.");
    }

    [Fact]
    public async Task The_copy_of_a_checkpoint_that_another_process_writes_is_left_alone()
    {
        await using var source = _source = await GreetingSource.StartAsync();
        var (dataSet, path) = await CreateAsync();
        (await Program.RunAsync("dataset", "run", dataSet.Id)).Ended(0);
        var (isAsked, mayAnswer) = (new TaskCompletionSource(), new TaskCompletionSource());
        source.Instead = async _ =>
        {
            isAsked.TrySetResult();
            await mayAnswer.Task;
            return false;
        };
        using var other = Program.Start("dataset", "run", dataSet.Id);
        await isAsked.Task.WaitAsync(TestPlatform.Cancellation);
        var file = await File.ReadAllBytesAsync(path, TestPlatform.Cancellation);
        KeepOtherBlocks(path, file);

        var exception = Assert.Throws<PlatformException>(() => DataSetFile.Open(path, 16).Dispose());

        Assert.Equal(PlatformFault.Busy, exception.Fault);
        Assert.Equal(file, await File.ReadAllBytesAsync(path, TestPlatform.Cancellation));
        mayAnswer.SetResult();
        (await HostProgram.EndAsync(other)).Ended(0);
        await using var platform = new TestPlatform { DataFolder = DataFolder };
        Assert.Equal(GreetingSource.Rows(Greetings, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
    }

    public ValueTask DisposeAsync()
    {
        output.WriteLine(string.Join(", ", _outcomes.OrderBy(outcome => outcome.Key).Select(outcome => $"{outcome.Key}: {outcome.Value}")));
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private HostProgram Program => new(DataFolder) { Environment = { ["Connectors__hello__BaseAddress"] = _source.Address.ToString() } };

    private async Task<(DataSetConfiguration DataSet, string Path)> CreateAsync()
    {
        (_source.Greetings, _source.PageSize) = (Greetings, Greetings);
        await using var platform = new TestPlatform { DataFolder = DataFolder };
        var dataSet = platform.AddDataSet("hello", UpdateMethod.Replace, platform.AddAccount("hello"));
        return (dataSet, platform.Part<DataSetFiles>().PathOf(dataSet.Id));
    }

    /// <summary>Puts a copy beside the file that would change it.</summary>
    private void KeepOtherBlocks(string path, byte[] file)
    {
        var changed = file.ToArray();
        changed.AsSpan(FileLayout.HeaderBytes).Fill(42);
        var copy = _folder.File("copy");
        File.WriteAllBytes(copy, changed);
        using (var handle = FileLayout.OpenToRead(copy))
        {
            CheckpointJournal.Keep(copy, handle, FileLayout.BlockBytesOf(copy), [0]);
        }

        File.Move(CheckpointJournal.PathOf(copy), CheckpointJournal.PathOf(path));
    }

    /// <summary>Kills the run a moment after its checkpoint has begun.</summary>
    private async Task RunAndKillAsync(string path, DataSetConfiguration dataSet, TimeSpan moment)
    {
        using var process = Program.Start("dataset", "run", dataSet.Id);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(CheckpointJournal.PathOf(path)));
        watcher.Created += (_, _) =>
        {
            // Timers are too coarse.
            for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < moment;)
            {
                Thread.SpinWait(10);
            }

            process.Kill();
        };
        watcher.EnableRaisingEvents = true;
        var result = await HostProgram.EndAsync(process);
        Assert.True(result.Code is 0 or Killed, $"The run ended by itself with exit code {result.Code}: {result.Error}");
        Count(result.Code == 0 ? "ended before it was killed" : "killed");
    }

    private void Count(string outcome) => _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
}
