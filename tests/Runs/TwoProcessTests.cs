using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Two processes on one data folder never write one DataSet at the same time, whatever its update method.</summary>
public sealed class TwoProcessTests
{
    private const int Races = 50;

    /// <summary>Of the runs, those in processes of their own.</summary>
    private const int OtherProcesses = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly DataSetRules Rules = new() { Partition = new PartitionRule("said_at", PartitionUnit.Day) };

    [Fact]
    public async Task A_DataSet_that_another_process_holds_is_told_to_be_in_use_after_a_wait_and_both_work_afterwards()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSets = Enum.GetValues<UpdateMethod>().Select(method => bench.AddDataSet(method, Rules)).ToList();
        foreach (var dataSet in dataSets)
        {
            Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);
        }

        bench.Source.Greetings = 5;
        var arrived = new SemaphoreSlim(0);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Source.Instead = async _ =>
        {
            arrived.Release();
            await release.Task;
            return false;
        };
        var others = dataSets.ConvertAll(dataSet => bench.Program().Start("dataset", "run", dataSet.Id));
        foreach (var _ in others)
        {
            Assert.True(await arrived.WaitAsync(Patience, TestPlatform.Cancellation));
        }

        foreach (var dataSet in dataSets)
        {
            var before = bench.Clock.Waited;
            var run = await bench.Platform.RunAsync(dataSet);
            Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
            Assert.StartsWith("Another process has the DataSet's file", run.Failure!.Message, StringComparison.Ordinal);
            Assert.True(bench.Clock.Waited - before >= new DataSetStoreOptions().WaitForOtherProcess, $"It waited for {bench.Clock.Waited - before} alone.");
            await IsBusyAsync(() => bench.RowsAsync(dataSet));
            await IsBusyAsync(() => bench.Platform.Part<RunCorrections>().LastRunAsync(dataSet, TestPlatform.Cancellation));
        }

        release.SetResult();
        foreach (var other in others)
        {
            (await HostProgram.EndAsync(other)).Ended(0);
            other.Dispose();
        }

        bench.Source.Instead = _ => Task.FromResult(false);
        bench.Source.Greetings = 6;
        foreach (var dataSet in dataSets)
        {
            Assert.Equal(GreetingSource.Rows(5, "Hello"), await bench.RowsAsync(dataSet));
            Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);
            Assert.Equal(GreetingSource.Rows(6, "Hello"), await bench.RowsAsync(dataSet));
            Assert.Equal(3, (await bench.Platform.ReadAsync(dataSet, reader => reader.Commits())).Count(commit => commit.IsFinal));
        }
    }

    /// <summary>Each run brings one record more than stands in the DataSet: one that got lost or came twice would show in the rows.</summary>
    [Fact]
    public async Task Of_two_processes_that_race_every_success_is_one_final_commit_in_the_ledger_and_its_rows()
    {
        await using var source = await GreetingSource.StartAsync();
        await using var platform = new TestPlatform
        {
            Settings =
            {
                ["Connectors:hello:BaseAddress"] = source.Address.ToString(),
                ["DataSets:CloseAfterIdle"] = "00:00:00",
                ["DataSets:RetryEvery"] = "00:00:00.005",
            },
        };
        var account = platform.AddAccount("hello");
        var dataSets = Enum.GetValues<UpdateMethod>().Select(method => platform.AddDataSet("hello", method, account, rules: Rules)).ToList();
        var records = source.Greetings = 0;
        source.PageSize = int.MaxValue;
        source.Instead = context =>
        {
            source.Greetings = Interlocked.Increment(ref records);
            return Task.FromResult(false);
        };
        var program = new HostProgram(platform.DataFolder) { Environment = { ["Connectors__hello__BaseAddress"] = source.Address.ToString(), ["DataSets__RetryEvery"] = "00:00:00.005" } };

        var others = Task.WhenAll(Enumerable.Range(0, 2).Select(OtherAsync));
        await Task.WhenAll(dataSets.Select(OwnAsync));
        await others;

        var runs = dataSets.Sum(dataSet => platform.Part<RunStore>().Of(dataSet.Id, int.MaxValue).Count);
        Assert.InRange(runs, Races, int.MaxValue);
        foreach (var dataSet in dataSets)
        {
            await IsWholeAsync(platform, dataSet);
        }

        async Task OwnAsync(DataSetConfiguration dataSet)
        {
            for (var run = 0; run < Races / 4 || !others.IsCompleted; run++)
            {
                await platform.RunAsync(dataSet);
                await Task.Delay(20, TestPlatform.Cancellation);
            }
        }

        async Task OtherAsync(int lane)
        {
            for (var number = lane; number < OtherProcesses; number += 2)
            {
                await program.RunAsync("dataset", "run", dataSets[number % dataSets.Count].Id);
            }
        }
    }

    private static async Task IsWholeAsync(TestPlatform platform, DataSetConfiguration dataSet)
    {
        var runs = platform.Part<RunStore>().Of(dataSet.Id, int.MaxValue);
        var commits = await platform.ReadAsync(dataSet, reader => reader.Commits());
        var rows = await platform.ReadAsync(dataSet, StoredText.Rows);
        Assert.Equal(GreetingSource.Rows(commits[^1].Checkpoint!.Value.GetInt32(), "Hello"), rows);
        Assert.All(runs, run => Assert.True(run.IsEnded));
        Assert.True(runs.Select(run => run.Instance).Distinct().Count() > 1, "One process alone has run it.");
        Assert.Equal(runs.Where(run => run.IsSuccess).Select(run => run.Id).Order(), commits.Where(commit => commit.IsFinal).Select(commit => commit.RunId).Order());
        Assert.Equal(commits.Select(commit => commit.Fence).Order(), commits.Select(commit => commit.Fence));
        Assert.All(runs.Where(run => !run.IsSuccess), run => Assert.Matches("^(Another process has the DataSet's file|A newer run has taken over)", run.Failure!.Message));
    }

    private static async Task IsBusyAsync<T>(Func<Task<T>> work) =>
        Assert.Equal(PlatformFault.Busy, (await Assert.ThrowsAsync<PlatformException>(work)).Fault);
}
