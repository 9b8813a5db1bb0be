using System.Globalization;
using System.Runtime.CompilerServices;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>A run ends in its record, whatever the connector does.</summary>
public sealed class RunExecutionTests : IDisposable
{
    private readonly ConnectorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_connector_that_throws_fails_its_run_as_its_authors_bug_and_Replace_keeps_the_old_rows()
    {
        await _bench.RunAsync(ConnectorBench.Batch(null, new Thing(1)));

        var run = await _bench.RunAsync((_, cancellation) => ThenThrow(new InvalidOperationException("No gears left."), cancellation, new Thing(2)));

        Assert.Equal((RunState.Failed, RunFailureKind.Connector), (run.State, run.Failure?.Kind));
        Assert.Contains("InvalidOperationException: No gears left.", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("author", run.Failure.WhoActs, StringComparison.Ordinal);
        Assert.Contains(_bench.Log, line => line.GetProperty("message").GetString()!.Contains(nameof(ThenThrow), StringComparison.Ordinal));
        Assert.Equal(["[1]"], StoredText.Rows(_bench.Reader));
    }

    [Fact]
    public async Task Append_keeps_what_was_committed_before_the_failure_and_goes_on_from_there()
    {
        _bench.Method = UpdateMethod.Append;

        var run = await _bench.RunAsync((_, cancellation) => ThenThrow(new ConnectorException(FailureKind.Source, "It rains."), cancellation, new Thing(1), new Thing(2)));
        Assert.Equal((RunFailureKind.Source, "It rains.", 2), (run.Failure!.Kind, run.Failure.Message, run.Counts.RowsWritten));

        run = await _bench.RunAsync((context, _) => new[] { ConnectorBench.Batch(3, new Thing(context.State!.Value.GetInt32() + 1)) }.ToAsyncEnumerable());
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(["[1]", "[2]", "[3]"], StoredText.Rows(_bench.Reader));
    }

    [Fact]
    public async Task A_connector_that_gives_up_by_itself_has_not_been_cancelled()
    {
        var run = await _bench.RunAsync((_, cancellation) => ThenThrow(new OperationCanceledException("I lost heart."), cancellation));

        Assert.Equal((RunState.Failed, RunFailureKind.Connector), (run.State, run.Failure?.Kind));
    }

    [Fact]
    public async Task A_connector_that_does_not_hear_is_left_behind_when_its_run_is_cancelled()
    {
        await _bench.RunAsync(ConnectorBench.Batch(null, new Thing(1)));
        using var cancel = new CancellationTokenSource();
        using var release = new SemaphoreSlim(0);

        var run = await _bench.RunAsync((_, _) => Deaf(cancel, release), cancel.Token);
        release.Release();

        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Equal(["[1]"], StoredText.Rows(_bench.Reader));
    }

    [Fact]
    public async Task A_vanished_column_is_a_warning_and_a_new_one_is_not()
    {
        await _bench.RunAsync(ConnectorBench.Batch(null, new Tale(1, "one")));

        var run = await _bench.RunAsync(ConnectorBench.Batch(null, new Thing(2)));
        Assert.Equal(RunState.SucceededWithWarnings, run.State);
        Assert.Equal(["Column \"text\" (String) was not delivered any more."], run.Warnings);

        run = await _bench.RunAsync(ConnectorBench.Batch(null, new Tale(1, "one")));
        Assert.Equal(RunState.Succeeded, run.State);
    }

    [Fact]
    public async Task No_rows_at_all_are_a_warning()
    {
        var run = await _bench.RunAsync();

        Assert.Equal((RunState.SucceededWithWarnings, 0), (run.State, run.Counts.RowsRead));
        Assert.Equal(["The source delivered no rows."], run.Warnings);
    }

    [Fact]
    public async Task A_warning_counts_once_and_the_record_holds_a_hundred()
    {
        var run = await _bench.RunAsync((context, _) =>
        {
            for (var i = 0; i < 150; i++)
            {
                context.Reporter.Warn("The same again.");
                context.Reporter.Warn($"Warning {i}.");
            }

            return new[] { ConnectorBench.Batch(null, new Thing(1)) }.ToAsyncEnumerable();
        });

        Assert.Equal(RunState.SucceededWithWarnings, run.State);
        Assert.Equal(101, run.Warnings.Count);
        Assert.Single(run.Warnings, "The same again.");
        Assert.Equal("51 more warnings are in the run's log.", run.Warnings[^1]);
        Assert.Equal(300, _bench.Log.Count(line => line.GetProperty("level").GetString() == "warn"));
    }

    [Fact]
    public async Task A_log_is_capped_and_says_so()
    {
        await _bench.RunAsync((context, _) =>
        {
            for (var i = 0; i < 11_000; i++)
            {
                context.Reporter.Info(i.ToString(CultureInfo.InvariantCulture));
            }

            return new[] { ConnectorBench.Batch(null, new Thing(1)) }.ToAsyncEnumerable();
        });

        Assert.Equal(10_000, _bench.Log.Count);
        Assert.Contains("the log is full", _bench.Log[^1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_may_not_be_written_keeps_no_run_from_its_end()
    {
        _bench.ForbidNextLog();

        var run = await _bench.RunAsync(ConnectorBench.Batch(null, new Thing(1)));

        Assert.Equal((RunState.Succeeded, 1), (run.State, run.Counts.RowsWritten));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_990)]
    [InlineData(3_999)]
    public async Task A_secret_is_masked_wherever_a_long_message_is_cut(int before)
    {
        var run = await _bench.RunAsync((context, _) =>
        {
            context.Reporter.Warn(new string('x', before) + ConnectorBench.Secret + new string('y', 5_000));
            throw new InvalidOperationException($"{ConnectorBench.Secret} is wrong.");
        });

        var told = $"{string.Join("\n", _bench.Log)} {run.Failure} {string.Join("\n", run.Warnings)}";
        Assert.Contains("••", told, StringComparison.Ordinal);
        Assert.DoesNotContain("xs", told, StringComparison.Ordinal);
        Assert.DoesNotContain(ConnectorBench.Secret, told, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<RecordBatch> ThenThrow(
        Exception exception, [EnumeratorCancellation] CancellationToken cancellationToken, params Thing[] things)
    {
        foreach (var thing in things)
        {
            await Task.CompletedTask.WaitAsync(cancellationToken);
            yield return ConnectorBench.Batch(thing.Id, thing);
        }

        throw exception;
    }

    private static async IAsyncEnumerable<RecordBatch> Deaf(CancellationTokenSource cancel, SemaphoreSlim release)
    {
        await cancel.CancelAsync();
        await release.WaitAsync(CancellationToken.None);
        yield return ConnectorBench.Batch(null, new Thing(2));
    }

    private sealed record Thing(int Id);

    private sealed record Tale(int Id, string Text);
}
