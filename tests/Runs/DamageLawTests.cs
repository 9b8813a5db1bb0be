using System.Security.Cryptography;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.DataSets;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Whatever happens to a DataSet's file, a run and an undo by every update method say it in words, change nothing, and work again afterwards.</summary>
public sealed class DamageLawTests
{
    private static readonly DataSetRules Rules = new() { Partition = new PartitionRule("said_at", PartitionUnit.Day) };

    public static TheoryData<string, bool> Changes => LawRows.Changes;

    [Theory]
    [MemberData(nameof(Changes))]
    public Task A_file_that_was_removed_while_it_was_closed_is_told(string method, bool isUndo) => IsToldAsync(method, isUndo, "is gone, with the rows in it", path =>
    {
        File.Move(path, path + ".away");
        return () => File.Move(path + ".away", path);
    });

    [Theory]
    [MemberData(nameof(Changes))]
    public Task A_file_that_garbage_has_replaced_is_told(string method, bool isUndo) => IsToldAsync(method, isUndo, "is damaged", path =>
    {
        File.Move(path, path + ".away");
        File.WriteAllBytes(path, [.. Enumerable.Range(0, 20_000).Select(number => (byte)(number * 7))]);
        return () => File.Move(path + ".away", path, overwrite: true);
    });

    [Theory]
    [MemberData(nameof(Changes))]
    public Task A_file_that_ends_before_its_end_is_told(string method, bool isUndo) => IsToldAsync(method, isUndo, "is damaged", path =>
    {
        File.Copy(path, path + ".away");
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length / 3);
        }

        return () => File.Move(path + ".away", path, overwrite: true);
    });

    [Theory]
    [MemberData(nameof(Changes))]
    public Task A_file_that_was_made_read_only_is_told(string method, bool isUndo) => IsToldAsync(method, isUndo, "may not be written", path =>
    {
        var writable = SmallDisk.TryProtect(path);
        Assert.SkipWhen(writable is null, "No file can be made read-only here.");
        return writable!;
    });

    [Theory]
    [InlineData("Replace")]
    [InlineData("Append")]
    [InlineData("Upsert")]
    [InlineData("Partition")]
    public async Task A_file_that_may_not_become_larger_is_told_and_a_later_run_works(string method)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit of a file's size is set as Linux does.");
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method), Rules);
        await RunOnceAsync(bench, dataSet);
        var commits = (await bench.Platform.ReadAsync(dataSet, reader => reader.Commits())).Count;
        (bench.Source.Greetings, bench.Source.PageSize) = (60_000, 10_000);
        bench.Source.Say = id => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(id)));
        var limited = new HostProgram(bench.Platform.DataFolder) { Environment = bench.Program().Environment, MostBytesOfFile = 2_000_000 };

        // A worker would have the limit too.
        limited.Environment["Connectors__Isolation"] = "InProcess";

        var failed = (await limited.RunAsync("dataset", "run", dataSet.Id)).Ended(7);

        Assert.Contains(bench.Platform.Part<DataSetFiles>().PathOf(dataSet.Id), failed.Output + failed.Error, StringComparison.Ordinal);
        Assert.Contains("may not become larger", failed.Output + failed.Error, StringComparison.Ordinal);
        Assert.Equal(RunState.Failed, bench.Platform.Part<RunStore>().Last(dataSet.Id)!.State);
        Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
        Assert.Equal(commits, (await bench.Platform.ReadAsync(dataSet, reader => reader.Commits())).Count);

        (bench.Source.Greetings, bench.Source.Say) = (4, id => $"Hello {id}");
        Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);
        Assert.Equal(GreetingSource.Rows(4, "Hello"), await bench.RowsAsync(dataSet));
    }

    /// <param name="method">The update method.</param>
    /// <param name="isUndo">Whether its last run is to be undone, or another one to follow.</param>
    /// <param name="message">What must be said beside the file's path.</param>
    /// <param name="damage">Harms the closed file; answers with what puts it right.</param>
    private static async Task IsToldAsync(string method, bool isUndo, string message, Func<string, Action> damage)
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(Enum.Parse<UpdateMethod>(method), Rules);
        await RunOnceAsync(bench, dataSet);
        bench.Source.Greetings = 5;
        await RunOnceAsync(bench, dataSet);
        bench.Platform.Part<DataSetFiles>().Dispose();
        var path = bench.Platform.Part<DataSetFiles>().PathOf(dataSet.Id);

        var putRight = damage(path);
        try
        {
            var told = isUndo ? await UndoInVainAsync(bench, dataSet) : await RunInVainAsync(bench, dataSet);
            Assert.Contains(path, told, StringComparison.Ordinal);
            Assert.Contains(message, told, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            bench.Platform.Part<DataSetFiles>().Dispose();
            putRight();
        }

        Assert.Equal(GreetingSource.Rows(5, "Hello"), await bench.RowsAsync(dataSet));
        bench.Source.Greetings = 7;
        if (isUndo)
        {
            var corrections = bench.Platform.Part<RunCorrections>();
            Assert.True((await corrections.UndoAsync(dataSet, await corrections.LastRunAsync(dataSet, TestPlatform.Cancellation), TestPlatform.Cancellation)).IsSuccess);
            Assert.Equal(GreetingSource.Rows(3, "Hello"), await bench.RowsAsync(dataSet));
        }

        await RunOnceAsync(bench, dataSet);
        Assert.Equal(GreetingSource.Rows(7, "Hello"), await bench.RowsAsync(dataSet));
    }

    private static async Task RunOnceAsync(GreetingBench bench, DataSetConfiguration dataSet) => Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);

    private static async Task<string> RunInVainAsync(GreetingBench bench, DataSetConfiguration dataSet)
    {
        var run = await bench.Platform.RunAsync(dataSet);
        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        return run.Failure!.Message;
    }

    private static async Task<string> UndoInVainAsync(GreetingBench bench, DataSetConfiguration dataSet)
    {
        var exception = await Assert.ThrowsAsync<PlatformException>(() => bench.Platform.Part<RunCorrections>().LastRunAsync(dataSet, TestPlatform.Cancellation));
        Assert.Equal(PlatformFault.Storage, exception.Fault);
        return exception.Message;
    }
}
