using System.ComponentModel.DataAnnotations;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A run that is cancelled at any moment, those within a commit among them.</summary>
public sealed class CommitCancelTests
{
    [Theory]
    [InlineData("Replace")]
    [InlineData("Append")]
    [InlineData("Upsert")]
    public async Task A_commit_that_has_begun_is_finished_and_the_record_says_what_the_DataSet_holds(string method)
    {
        var (moment, readings) = (0, 0);
        do
        {
            (moment, readings) = (moment + 1, 0);
            using var bench = new ConnectorBench { Method = Enum.Parse<UpdateMethod>(method) };
            using var stop = new CancellationTokenSource();
            bench.ClockRead = () =>
            {
                if (Interlocked.Increment(ref readings) == moment)
                {
                    stop.Cancel();
                }
            };

            var run = await bench.RunAsync((_, _) => Pages(), stop.Token);

            var commits = bench.Reader.Commits();
            Assert.Equal(bench.Reader.Count(), run.Counts.RowsWritten);
            Assert.Equal(run.Counts.RowsWritten, commits.Sum(entry => entry.RowsWritten));
            Assert.Equal(commits.Any(entry => entry.IsFinal) ? RunState.Succeeded : RunState.Cancelled, run.State);
        }
        while (readings >= moment);

        Assert.True(moment > 5, $"The run read the clock {moment} times: too seldom to be cancelled at every step.");
    }

    private static async IAsyncEnumerable<RecordBatch> Pages()
    {
        yield return ConnectorBench.Batch(1, new Keyed(1));
        await Task.Yield();
        yield return ConnectorBench.Batch(2, new Keyed(2));
    }

    private sealed record Keyed([property: Key] long Id);
}
