using System.Diagnostics;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary><c>dataset backfill</c> in a process of its own.</summary>
public sealed class BackfillCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_verb_tells_the_slices_first_then_runs_them_and_shows_what_became_of_them()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        string[] range = ["dataset", "backfill", dataSet.Name, "--from", "2025-01-30", "--to", "2025-02-02", "--slice", "month", "--requests", "500/1"];

        var plan = (await bench.Program().RunAsync([.. range, "--dry-run"])).Ended(0);
        Assert.Contains("2 slices, at most 500 requests in 1 second", plan.Output, StringComparison.Ordinal);
        Assert.Contains("""{"from":"2025-01-30","to":"2025-01-31","by_shop":false}""", plan.Output, StringComparison.Ordinal);
        Assert.Null(bench.Store.Last(dataSet.Id));

        var done = (await bench.Program().RunAsync(range)).Ended(0);
        Assert.Contains("2025-01-30 to 2025-01-31: 6 rows (run ", done.Output, StringComparison.Ordinal);
        Assert.EndsWith("Done: 2 of 2 slices done, 12 rows.", done.Output.TrimEnd(), StringComparison.Ordinal);

        var status = (await bench.Program().RunAsync("dataset", "backfill", dataSet.Name, "--status", "--json")).Ended(0).Json;
        Assert.Equal("Done", status.GetProperty("state").GetString());
        Assert.Equal([6, 6], status.GetProperty("slices").EnumerateArray().Select(slice => slice.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public async Task An_interrupted_verb_pauses_the_backfill_and_resume_goes_on()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bench.Before = async (day, context) =>
        {
            if (day == "2025-01-02" && arrived.TrySetResult())
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        };
        using var process = bench.Program().Start("dataset", "backfill", dataSet.Id, "--from", "2025-01-01", "--to", "2025-01-03", "--slice", "day");
        await arrived.Task.WaitAsync(Cancellation);

        using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        (await HostProgram.EndAsync(process)).Ended(130);

        Assert.Equal((BackfillState.Paused, "It was interrupted."), (bench.Store.Last(dataSet.Id)!.State, bench.Store.Last(dataSet.Id)!.Reason));
        (await bench.Program().RunAsync("dataset", "backfill", dataSet.Id, "--resume")).Ended(0);
        Assert.Equal(BackfillBench.IdsOf("2025-01-01", "2025-01-03"), await bench.IdsAsync(dataSet));
    }

    [Theory]
    [InlineData(5, 500)]
    [InlineData(4, 404)]
    public async Task A_backfill_that_pauses_over_a_slice_ends_with_the_exit_code_of_its_failure(int code, int status)
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        bench.Before = (_, context) =>
        {
            context.Response.StatusCode = status;
            return context.Response.StartAsync();
        };

        var result = (await bench.Program().RunAsync("dataset", "backfill", dataSet.Id, "--from", "2025-01-01", "--to", "2025-01-02", "--slice", "day")).Ended(code);

        Assert.Contains("Paused: 0 of 2 slices done, 0 rows. The slice 2025-01-01 failed:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_understood_is_told_in_one_line()
    {
        await using var bench = await BackfillBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);

        await Task.WhenAll(
            RefusedAsync("Say one thing", "--pause", "--resume"),
            RefusedAsync("needs --from, --to and --slice", "--from", "2025-01-01"),
            RefusedAsync("write a day of the calendar", "--from", "2025-02-29", "--to", "2025-03-01", "--slice", "day"),
            RefusedAsync("write requests and seconds", "--from", "2025-02-28", "--to", "2025-03-01", "--slice", "day", "--requests", "5"),
            RefusedAsync("has no backfill", "--status"));

        async Task RefusedAsync(string told, params string[] arguments)
        {
            var result = (await bench.Program().RunAsync(["dataset", "backfill", dataSet.Id, .. arguments])).Ended(2);
            Assert.Contains(told, result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.Trim().Split('\n'));
        }
    }
}
