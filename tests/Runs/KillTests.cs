using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>
/// The host's own process, killed at random moments of its runs. CONNECTOR_PLATFORM_KILLS sets how often, CONNECTOR_PLATFORM_SEED
/// repeats the choice of moments.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Greetings = 60;
    private const int PageSize = 5;

    private const int Pages = Greetings / PageSize;

    // 128 and the number of SIGKILL.
    private const int Killed = 137;

    private static readonly int Kills = Number("CONNECTOR_PLATFORM_KILLS") ?? 32;

    private readonly int _seed = Number("CONNECTOR_PLATFORM_SEED") ?? Random.Shared.Next();
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    private string DataFolder => _folder.File("data");

    [Theory]
    [InlineData("Replace")]
    [InlineData("Partition")]
    public async Task A_method_that_publishes_at_the_end_leaves_the_whole_old_or_the_whole_new_content_whenever_it_is_killed(string method)
    {
        await using var source = await GreetingSource.StartAsync();
        (source.Greetings, source.PageSize) = (Greetings, PageSize);
        var random = Announce();
        var dataSet = await CreateAsync(Enum.Parse<UpdateMethod>(method));
        var end = await RunToTheEndAsync(source, dataSet);
        var stored = await ReadAsync(dataSet);
        for (var kill = 0; kill < Kills; kill++)
        {
            var text = $"Hello of run {kill}";
            source.Say = id => $"{text} {id}";
            await RunAndKillAsync(source, dataSet, random.Next(2) == 0 ? Pages - 1 : random.Next(Pages), random.NextDouble() * end);

            var now = await ReadAsync(dataSet);
            var committed = now.Commits.Count > stored.Commits.Count;
            Count(committed ? "committed" : "kept the old content");
            Assert.InRange(now.Commits.Count, stored.Commits.Count, stored.Commits.Count + 1);
            Assert.Equal(committed ? GreetingSource.Rows(Greetings, text) : stored.Rows, now.Rows);
            Assert.All(now.RunIds, id => Assert.Equal(now.Commits[^1].RunId, id));
            stored = now;
        }

        source.Say = id => $"At last {id}";
        await RunToTheEndAsync(source, dataSet);
        Assert.Equal(GreetingSource.Rows(Greetings, "At last"), (await ReadAsync(dataSet)).Rows);
    }

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task A_method_that_commits_on_its_way_leaves_the_rows_up_to_a_checkpoint_whenever_it_is_killed_and_goes_on_from_there(string method)
    {
        await using var source = await GreetingSource.StartAsync();
        (source.Greetings, source.PageSize) = (Greetings, PageSize);
        var random = Announce();
        var dataSet = await CreateAsync(Enum.Parse<UpdateMethod>(method));
        source.PageSize = Greetings;
        var end = await RunToTheEndAsync(source, dataSet);
        source.PageSize = PageSize;
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = await ReadAsync(dataSet);
            if (before.Rows.Count == Greetings)
            {
                dataSet = await CreateAsync(Enum.Parse<UpdateMethod>(method));
                before = new Stored([], [], []);
            }

            await RunAndKillAsync(source, dataSet, random.Next(before.Rows.Count / PageSize, Pages), random.NextDouble() * end / 3);

            var now = await ReadAsync(dataSet);
            Count(now.Rows.Count == Greetings ? "completed" : now.Rows.Count > before.Rows.Count ? "went on" : "stood still");
            Assert.Equal(GreetingSource.Rows(now.Rows.Count, "Hello"), now.Rows);
            Assert.InRange(now.Rows.Count, before.Rows.Count, Greetings);
            Assert.Equal(now.Rows.Count, now.Commits.Sum(commit => commit.RowsWritten));
            Assert.Equal(now.Rows.Count, now.Commits.LastOrDefault(commit => commit.Checkpoint is not null)?.Checkpoint!.Value.GetInt32() ?? 0);
        }

        await RunToTheEndAsync(source, dataSet);
        Assert.Equal(GreetingSource.Rows(Greetings, "Hello"), (await ReadAsync(dataSet)).Rows);
    }

    [Fact]
    public async Task An_undo_has_happened_whole_or_not_at_all_whenever_it_is_killed()
    {
        await using var source = await GreetingSource.StartAsync();
        (source.Greetings, source.PageSize) = (Greetings, PageSize);
        var random = Announce();
        var dataSet = await CreateAsync(UpdateMethod.Replace);
        var texts = new List<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            while (texts.Count < 3)
            {
                var text = $"Hello of run {kill} {texts.Count}";
                texts.Add(text);
                source.Say = id => $"{text} {id}";
                await RunToTheEndAsync(source, dataSet);
            }

            var before = await ReadAsync(dataSet);
            await UndoAndKillAsync(source, dataSet, TimeSpan.FromMilliseconds(random.Next(100, 700)));

            var now = await ReadAsync(dataSet);
            var isUndone = now.Commits.Count > before.Commits.Count;
            Count(isUndone ? "undone" : "not undone");
            if (isUndone)
            {
                texts.RemoveAt(texts.Count - 1);
            }

            Assert.Equal(GreetingSource.Rows(Greetings, texts[^1]), now.Rows);
            Assert.Equal(isUndone ? before.Commits[^1].RunId : null, now.Commits[^1].Undoes);
        }
    }

    public ValueTask DisposeAsync()
    {
        output.WriteLine(string.Join(", ", _outcomes.OrderBy(outcome => outcome.Key).Select(outcome => $"{outcome.Key}: {outcome.Value}")));
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private Random Announce()
    {
        output.WriteLine($"CONNECTOR_PLATFORM_SEED={_seed} CONNECTOR_PLATFORM_KILLS={Kills}");
        return new Random(_seed);
    }

    private void Count(string outcome) => _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);

    private async Task<DataSetConfiguration> CreateAsync(UpdateMethod method)
    {
        await using var platform = new TestPlatform { DataFolder = DataFolder };
        return platform.AddDataSet("hello", method, platform.AddAccount("hello"), rules: new() { Partition = new PartitionRule("said_at", PartitionUnit.Day), UndoRuns = 1000 });
    }

    private HostProgram Program(GreetingSource source) => new(DataFolder)
    {
        Environment = { ["Connectors__hello__BaseAddress"] = source.Address.ToString(), ["Runs__CommitRows"] = "1" },
    };

    /// <returns>How long the process went on after the source's last reply.</returns>
    private async Task<TimeSpan> RunToTheEndAsync(GreetingSource source, DataSetConfiguration dataSet)
    {
        var lastReply = 0L;
        source.Served = _ => lastReply = Stopwatch.GetTimestamp();
        (await Program(source).RunAsync("dataset", "run", dataSet.Id)).Ended(0);
        return Stopwatch.GetElapsedTime(lastReply);
    }

    /// <summary>Kills the run a moment after the reply with a page, counted from 0.</summary>
    private async Task RunAndKillAsync(GreetingSource source, DataSetConfiguration dataSet, int page, TimeSpan moment)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.Served = after =>
        {
            if (after >= page * PageSize)
            {
                reached.TrySetResult();
            }
        };
        using var process = Program(source).Start("dataset", "run", dataSet.Id);
        await Task.WhenAny(reached.Task, process.WaitForExitAsync(TestContext.Current.CancellationToken));
        await Task.Delay(moment, TestContext.Current.CancellationToken);
        Kill(process);
        var result = await HostProgram.EndAsync(process);
        Assert.True(result.Code is 0 or Killed, $"The run ended by itself with exit code {result.Code}: {result.Error}");
        Count(result.Code == 0 ? "ended before it was killed" : "killed");
    }

    private async Task UndoAndKillAsync(GreetingSource source, DataSetConfiguration dataSet, TimeSpan moment)
    {
        using var process = Program(source).Start("dataset", "undo", dataSet.Id);
        await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(moment, TestContext.Current.CancellationToken));
        Kill(process);
        var result = await HostProgram.EndAsync(process);
        Assert.True(result.Code is 0 or Killed, $"The undo ended by itself with exit code {result.Code}: {result.Error}");
    }

    private static void Kill(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
        }
    }

    /// <summary>What the DataSet holds after the interrupted runs were settled; checks that the records tell what the ledger tells.</summary>
    private async Task<Stored> ReadAsync(DataSetConfiguration dataSet)
    {
        await using var platform = new TestPlatform { DataFolder = DataFolder };
        await platform.Part<RunReconciler>().ReconcileAsync(TestContext.Current.CancellationToken);
        var runs = platform.Part<RunStore>().Of(dataSet.Id, 10 * Kills);
        var (rows, sources, commits) = await platform.ReadAsync(
            dataSet, reader => (StoredText.Rows(reader), reader.Page(0, Greetings + 1).Rows.Select(row => (string)row[^2]!).ToList(), reader.Commits()));

        Assert.All(runs, run => Assert.True(run.IsEnded));
        Assert.Empty(commits.Select(commit => commit.RunId).Except(runs.Select(run => run.Id)));
        foreach (var run in runs)
        {
            var own = commits.Where(commit => commit.RunId == run.Id).ToList();
            Assert.Equal(own.Any(commit => commit.IsFinal), run.IsSuccess);
            Assert.Equal(own.Sum(commit => commit.RowsWritten), run.Counts.RowsWritten);
            Assert.Equal(run.IsSuccess ? null : RunFailureKind.Platform, run.Failure?.Kind);
        }

        return new Stored(rows, sources, commits);
    }

    /// <param name="RunIds">The run of each row.</param>
    private sealed record Stored(IReadOnlyList<string> Rows, IReadOnlyList<string> RunIds, IReadOnlyList<LedgerEntry> Commits);
}
