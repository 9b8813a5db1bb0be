using System.Collections.Concurrent;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>The host's own process, killed when somebody approves or rejects a run that waits. CONNECTOR_PLATFORM_SEED repeats the choice of moments.</summary>
public sealed class DecisionKillTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int Kills = 10;
    private const int Usual = 3;

    // 128 and the number of SIGKILL.
    private const int Killed = 137;

    private static readonly DataSetRules HoldsFewRows = new() { Safeguards = new() { MostOff = 50, OffRows = SafeguardAction.Hold } };

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private GreetingSource _source = null!;

    [Theory]
    [InlineData("approve")]
    [InlineData("reject")]
    public async Task A_decision_is_made_whole_or_not_at_all_and_is_told_as_it_was_made_whenever_it_is_killed(string decision)
    {
        await using var source = _source = await GreetingSource.StartAsync();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CONNECTOR_PLATFORM_SEED"), CultureInfo.InvariantCulture, out var chosen) ? chosen : Random.Shared.Next();
        output.WriteLine($"CONNECTOR_PLATFORM_SEED={seed}, {Kills} kills");
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            var (dataSet, held, path) = await HoldAsync();
            await DecideAndKillAsync(decision, dataSet, path, isAtCommit: kill % 2 == 0, random);

            await using var platform = Platform();
            var (waiting, _) = await SeeAsync(platform, dataSet);
            Count(waiting == held.Id ? "not decided" : platform.Part<RunStore>().Find(held.Id)!.State == RunState.Held ? "decided and not recorded" : "decided");
            await platform.Part<RunReconciler>().ReconcileAsync(TestPlatform.Cancellation);
            if (waiting == held.Id)
            {
                await CheckWaitsAsync(platform, dataSet, held);
                var corrections = platform.Part<RunCorrections>();
                await (decision == "approve" ? corrections.ApproveAsync(dataSet, corrections.HeldRun(dataSet), TestPlatform.Cancellation) : corrections.RejectAsync(dataSet, corrections.HeldRun(dataSet), TestPlatform.Cancellation));
            }

            await CheckDecidedAsync(platform, dataSet, held, isApproved: decision == "approve");
        }
    }

    public ValueTask DisposeAsync()
    {
        output.WriteLine(string.Join(", ", _outcomes.OrderBy(outcome => outcome.Key).Select(outcome => $"{outcome.Key}: {outcome.Value}")));
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private TestPlatform Platform() => new()
    {
        DataFolder = _folder.File("data"),
        Settings = { ["Connectors:hello:BaseAddress"] = _source.Address.ToString() },
    };

    /// <summary>A DataSet of three rows and a run that waits with one.</summary>
    private async Task<(DataSetConfiguration DataSet, RunRecord Held, string Path)> HoldAsync()
    {
        await using var platform = Platform();
        var dataSet = platform.AddDataSet("hello", UpdateMethod.Replace, platform.AddAccount("hello"), rules: HoldsFewRows);
        _source.Greetings = Usual;
        for (var run = 0; run < 3; run++)
        {
            Assert.True((await platform.RunAsync(dataSet)).IsSuccess);
        }

        _source.Greetings = 1;
        var held = await platform.RunAsync(dataSet);
        Assert.Equal(RunState.Held, held.State);
        return (dataSet, held, platform.Part<DataSetFiles>().PathOf(dataSet.Id));
    }

    /// <summary>Kills the process a moment after it has written to the DataSet's log, or at any time.</summary>
    private async Task DecideAndKillAsync(string decision, DataSetConfiguration dataSet, string path, bool isAtCommit, Random random)
    {
        var moment = TimeSpan.FromMilliseconds(isAtCommit ? random.Next(12) : random.Next(900));
        var program = new HostProgram(_folder.File("data"));
        var hasCommitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".wal");
        watcher.Changed += (_, _) => hasCommitted.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var process = program.Start("dataset", decision, dataSet.Id);
        await Task.WhenAny(isAtCommit ? hasCommitted.Task : Task.CompletedTask, process.WaitForExitAsync(TestPlatform.Cancellation));
        await Task.Delay(moment, TestPlatform.Cancellation);
        if (!process.HasExited)
        {
            process.Kill();
        }

        var result = await HostProgram.EndAsync(process);
        Assert.True(result.Code is 0 or Killed, $"The decision ended by itself with exit code {result.Code}: {result.Output} {result.Error}");
        Count(result.Code == 0 ? "ended before it was killed" : "killed");
    }

    private static Task<(string? Waiting, IReadOnlyList<LedgerEntry> Commits)> SeeAsync(TestPlatform platform, DataSetConfiguration dataSet) =>
        platform.ReadAsync(dataSet, reader => (reader.Held()?.RunId, reader.Commits()));

    private static async Task CheckWaitsAsync(TestPlatform platform, DataSetConfiguration dataSet, RunRecord held)
    {
        Assert.Equal(RunState.Held, platform.Part<RunStore>().Find(held.Id)!.State);
        Assert.DoesNotContain((await SeeAsync(platform, dataSet)).Commits, commit => commit.RunId == held.Id);
        Assert.Equal(GreetingSource.Rows(Usual, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
    }

    private async Task CheckDecidedAsync(TestPlatform platform, DataSetConfiguration dataSet, RunRecord held, bool isApproved)
    {
        var run = platform.Part<RunStore>().Find(held.Id)!;
        var (waiting, commits) = await SeeAsync(platform, dataSet);
        Assert.Null(waiting);
        Assert.Equal(isApproved ? 1 : 0, commits.Count(commit => commit.RunId == held.Id));
        Assert.Equal(GreetingSource.Rows(isApproved ? 1 : Usual, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
        Assert.Equal(isApproved ? RunState.SucceededWithWarnings : RunState.Cancelled, run.State);
        Assert.Equal(isApproved ? (1, Usual) : (0, 0), (run.Counts.RowsWritten, run.Counts.RowsRemoved));

        _source.Greetings = Usual;
        Assert.True((await platform.RunAsync(dataSet)).IsSuccess);
        Assert.Equal(GreetingSource.Rows(Usual, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
    }

    private void Count(string outcome) => _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
}
