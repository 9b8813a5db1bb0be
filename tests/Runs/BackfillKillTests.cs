using System.Collections.Concurrent;
using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>
/// The host's own process, killed at random moments of a backfill and around its commits. CONNECTOR_PLATFORM_KILLS sets how often in
/// all, CONNECTOR_PLATFORM_SEED repeats the choice of moments.
/// </summary>
public sealed class BackfillKillTests(ITestOutputHelper output) : IAsyncDisposable
{
    // 128 and the number of SIGKILL.
    private const int Killed = 137;

    private const string First = "2025-01-01";

    private static readonly int Kills = Math.Max(1, (Number("CONNECTOR_PLATFORM_KILLS") ?? 32) / 2);

    private readonly int _seed = Number("CONNECTOR_PLATFORM_SEED") ?? Random.Shared.Next();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();

    [Theory]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task A_backfill_that_is_killed_and_resumed_again_and_again_brings_each_slice_once(string method)
    {
        await using var bench = await BackfillBench.StartAsync(closesAtOnce: true);
        output.WriteLine($"CONNECTOR_PLATFORM_SEED={_seed} CONNECTOR_PLATFORM_KILLS={2 * Kills}");
        var random = new Random(_seed);
        for (var kills = 0; kills < Kills;)
        {
            var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method));
            await bench.Platform.RunAsync(dataSet);
            var (unit, last) = random.Next(2) == 0 ? (SliceUnit.Day, "2025-01-08") : (SliceUnit.Week, "2025-01-26");
            var start = new[] { "dataset", "backfill", dataSet.Id, "--from", First, "--to", last, "--slice", unit.ToString() };
            for (var isDone = false; !isDone && kills < Kills; kills++)
            {
                isDone = await RunAndKillAsync(bench, dataSet, start, random, unit);
                await CheckAsync(bench, dataSet);
            }

            // Whatever is left, without another kill.
            await RunToTheEndAsync(bench, dataSet, start);
            await CheckAsync(bench, dataSet);
            var backfill = bench.Store.Last(dataSet.Id)!;
            Assert.Equal(BackfillState.Done, backfill.State);
            Assert.Equal([1, 2, .. BackfillBench.IdsOf(First, last)], await bench.IdsAsync(dataSet));
            var commits = await bench.Platform.ReadAsync(dataSet, reader => reader.Commits());
            Assert.Equal(bench.Store.Slices(backfill.Id).Select(slice => slice.RunId), commits.Select(commit => (string?)commit.RunId).Except([commits[0].RunId]));
        }
    }

    public ValueTask DisposeAsync()
    {
        output.WriteLine(string.Join(", ", _outcomes.OrderBy(outcome => outcome.Key).Select(outcome => $"{outcome.Key}: {outcome.Value}")));
        return ValueTask.CompletedTask;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private void Count(string outcome) => _outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);

    private static string[] Arguments(BackfillBench bench, DataSetConfiguration dataSet, string[] start) =>
        bench.Store.Last(dataSet.Id) is null ? start : ["dataset", "backfill", dataSet.Id, "--resume"];

    /// <summary>Kills the backfill a moment after some reply: half of the times that with a slice's last page, when the commit comes.</summary>
    /// <returns>Whether it is done.</returns>
    private async Task<bool> RunAndKillAsync(BackfillBench bench, DataSetConfiguration dataSet, string[] start, Random random, SliceUnit unit)
    {
        var (isCommit, after, moment) = (random.Next(2) == 0, random.Next(unit == SliceUnit.Day ? 4 : 12), TimeSpan.FromMilliseconds(random.NextDouble() * 60));
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = 0;
        bench.Served = day =>
        {
            if (seen++ >= after && (!isCommit || unit == SliceUnit.Day || DayRange.Parse(day).DayOfWeek == DayOfWeek.Sunday))
            {
                reached.TrySetResult();
            }
        };
        using var process = bench.Program().Start(Arguments(bench, dataSet, start));
        await Task.WhenAny(reached.Task, process.WaitForExitAsync(TestContext.Current.CancellationToken));
        await Task.Delay(moment, TestContext.Current.CancellationToken);
        if (!process.HasExited)
        {
            process.Kill();
        }

        var result = await HostProgram.EndAsync(process);
        Assert.True(result.Code is 0 or Killed, $"The backfill ended by itself with exit code {result.Code}: {result.Output} {result.Error}");
        Count(result.Code == 0 ? "ended before it was killed" : isCommit ? "killed about a commit" : "killed anywhere");

        // It may be killed when its last slice is done already.
        return bench.Store.Last(dataSet.Id)?.State == BackfillState.Done;
    }

    private static async Task RunToTheEndAsync(BackfillBench bench, DataSetConfiguration dataSet, string[] start)
    {
        if (bench.Store.Last(dataSet.Id)?.State != BackfillState.Done)
        {
            (await bench.Program().RunAsync(Arguments(bench, dataSet, start))).Ended(0);
        }
    }

    /// <summary>Every slice is there whole or not at all, in one commit; what is stored as done is there; the live state is where it was.</summary>
    private async Task CheckAsync(BackfillBench bench, DataSetConfiguration dataSet)
    {
        await bench.Platform.Part<RunReconciler>().ReconcileAsync(TestContext.Current.CancellationToken);
        var (rows, commits, state) = await bench.Platform.ReadAsync(
            dataSet, reader => (reader.Page(0, int.MaxValue).Rows.Select(row => (Id: (long)row[0]!, Run: (string)row[^2]!)).ToList(), reader.Commits(), reader.State()));
        var slices = bench.Store.Last(dataSet.Id) is { } backfill ? bench.Store.Slices(backfill.Id) : [];

        Assert.Equal("2", state?.GetRawText());
        Assert.Equal(rows.Count, rows.Select(row => row.Id).Distinct().Count());
        var ofSlices = commits.Where(commit => commit.RunId != commits[0].RunId).ToList();
        Assert.All(ofSlices, commit => Assert.True(commit is { IsFinal: true, Checkpoint: null }));
        var committed = ofSlices.Select(commit => commit.RunId).ToHashSet();
        Assert.Equal(ofSlices.Count, committed.Count);
        Assert.Equal(committed.Append(commits[0].RunId).Order(), rows.Select(row => row.Run).Distinct().Order());
        foreach (var slice in slices)
        {
            var expected = slice.RunId is { } id && committed.Contains(id) ? BackfillBench.IdsOf(DayRange.Text(slice.Range.First), DayRange.Text(slice.Range.Last)) : [];
            Assert.Equal(expected, rows.Where(row => row.Run == slice.RunId).Select(row => row.Id).Order());
            Assert.True(slice.State != SliceState.Done || expected.Count > 0);
        }

        // A commit of which no slice knows would be read a second time.
        Assert.Empty(committed.Except(slices.Select(slice => slice.RunId!)));
        Count(slices.Any(slice => slice.State == SliceState.Running && committed.Contains(slice.RunId!)) ? "between commit and metadata" : "elsewhere");
    }
}
