using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>However many ask at once for a run of one DataSet, each gets a run or an answer that says why not, and one run goes on at a time.</summary>
public sealed class RunNowLawTests
{
    private const int Requests = 1_000;

    [Theory]
    [InlineData("Refuse", 1)]
    [InlineData("QueueOne", 2)]
    public async Task A_thousand_requests_during_one_run_end_in_the_runs_of_the_policy_and_every_other_one_is_told(string overlap, int runs)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, release) = bench.Hold();
        var first = AskAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        await using var watch = new RunningWatch(bench.Platform);

        var requests = Enumerable.Range(0, Requests).Select(_ => AskAsync(bench, dataSet, Enum.Parse<Overlap>(overlap))).ToList();
        release.SetResult();

        var answers = await Task.WhenAll(requests.Prepend(first)).WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        await AddUpAsync(bench, dataSet, answers);
        Assert.Equal((runs, Requests + 1 - runs), (answers.Count(answer => answer.Run is { State: RunState.Succeeded }), answers.Count(answer => answer.Refusal is not null)));
    }

    [Fact]
    public async Task Of_a_thousand_requests_that_cancel_the_running_one_each_ends_and_the_last_run_is_whole()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var (arrived, _) = bench.Hold();
        var first = AskAsync(bench, dataSet, Overlap.Refuse);
        await arrived.Task.WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        await using var watch = new RunningWatch(bench.Platform);

        var requests = Enumerable.Range(0, Requests).Select(_ => AskAsync(bench, dataSet, Overlap.CancelRunning)).ToList();

        var answers = await Task.WhenAll(requests.Prepend(first)).WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation);
        await AddUpAsync(bench, dataSet, answers);
        Assert.Equal(RunState.Cancelled, answers[0].Run!.State);
        Assert.Equal(RunState.Succeeded, answers.Last(answer => answer.Run is not null).Run!.State);
    }

    [Theory]
    [InlineData("Refuse")]
    [InlineData("QueueOne")]
    [InlineData("CancelRunning")]
    public async Task A_thousand_requests_of_several_people_all_end(string overlap)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        await using var watch = new RunningWatch(bench.Platform);

        var people = Enumerable.Range(0, 4).Select(person => Task.Run(() => AskOftenAsync(bench, dataSet, Enum.Parse<Overlap>(overlap))));

        var answers = (await Task.WhenAll(people).WaitAsync(RunningWatch.Patience, TestPlatform.Cancellation)).SelectMany(own => own).ToList();
        Assert.Equal(Requests, answers.Count);
        await AddUpAsync(bench, dataSet, answers);
        Assert.Contains(answers, answer => answer.Run is { State: RunState.Succeeded });
    }

    private static async Task<IReadOnlyList<Answer>> AskOftenAsync(GreetingBench bench, DataSetConfiguration dataSet, Overlap overlap)
    {
        List<Task<Answer>> asked = [];
        for (var request = 0; request < Requests / 4; request++)
        {
            asked.Add(AskAsync(bench, dataSet, overlap));
            if (request % 10 == 0)
            {
                await asked[^1];
            }
        }

        return await Task.WhenAll(asked);
    }

    /// <summary>The records are those of the answers, each has ended as it was answered, and the ledger has the successes and nothing else.</summary>
    private static async Task AddUpAsync(GreetingBench bench, DataSetConfiguration dataSet, IReadOnlyList<Answer> answers)
    {
        Assert.All(answers, answer => Assert.True(answer.Run is null != answer.Refusal is null));
        Assert.All(answers.Select(answer => answer.Refusal).OfType<string>(), refusal => Assert.Contains("is running already", refusal, StringComparison.Ordinal));
        var runs = answers.Select(answer => answer.Run).OfType<RunRecord>().ToList();
        Assert.All(runs, run => Assert.True(run.State is RunState.Succeeded or RunState.Cancelled, $"{run.State}: {run.Failure?.Message}"));
        var recorded = bench.Platform.Part<RunStore>().Of(dataSet.Id, 2 * Requests);
        Assert.Equal(runs.Select(run => (run.Id, run.State)).Order(), recorded.Select(run => (run.Id, run.State)).Order());
        var commits = await bench.Platform.ReadAsync(dataSet, reader => reader.Commits());
        Assert.Equal(runs.Where(run => run.IsSuccess).Select(run => run.Id).Order(), commits.Select(commit => commit.RunId).Order());
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
    }

    private static async Task<Answer> AskAsync(GreetingBench bench, DataSetConfiguration dataSet, Overlap overlap)
    {
        try
        {
            return new(await bench.Platform.Part<RunEngine>().RunAsync(dataSet, RunTrigger.Manual, overlap, TestPlatform.Cancellation), null);
        }
        catch (PlatformException exception)
        {
            return new(null, exception.Message);
        }
    }

    private sealed record Answer(RunRecord? Run, string? Refusal);
}
