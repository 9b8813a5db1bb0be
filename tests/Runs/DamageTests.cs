using System.Security.Cryptography;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Tests.Support;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Files that are damaged, gone or somebody else's are told plainly, and nothing is lost that was there.</summary>
public sealed class DamageTests
{
    private static readonly byte[] Garbage = [.. Enumerable.Range(0, 20_000).Select(number => (byte)(number * 7))];

    [Fact]
    public async Task A_DataSets_file_that_is_gone_is_not_made_anew_in_silence()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet(UpdateMethod.Append);
        var path = await RunOnceAsync(bench, dataSet);

        File.Delete(path);
        var run = await bench.Platform.RunAsync(dataSet);
        var exception = await Assert.ThrowsAsync<PlatformException>(() => bench.RowsAsync(dataSet));

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.Contains($"{path} is gone", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(run.Failure.Message, exception.Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_DataSets_file_of_garbage_is_told_and_left_as_it_is()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var path = await RunOnceAsync(bench, dataSet);

        await File.WriteAllBytesAsync(path, Garbage, TestPlatform.Cancellation);
        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.Contains(path, run.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("not a valid DuckDB database file", run.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(Garbage, await File.ReadAllBytesAsync(path, TestPlatform.Cancellation));
    }

    [Fact]
    public async Task A_database_of_something_else_is_told_and_left_as_it_is()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        var path = bench.Platform.Part<DataSetFiles>().PathOf(dataSet.Id);
        Query(path, "CREATE TABLE recipes AS SELECT 42 AS answer");

        var run = await bench.Platform.RunAsync(dataSet);

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.Contains($"{path} is a database of something else", run.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(42, Query(path, "SELECT answer FROM recipes"));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_the_DataSet_stays_as_it_was()
    {
        using var disk = new SmallDisk(megabytes: 8);
        await using var source = await GreetingSource.StartAsync();
        var dataSet = await UseAsync(disk, source, async platform =>
        {
            var dataSet = platform.AddDataSet("hello", account: platform.AddAccount("hello"));
            Assert.True((await platform.RunAsync(dataSet)).IsSuccess);
            return dataSet;
        });

        (source.Greetings, source.PageSize) = (300_000, 10_000);
        source.Say = id => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(id)));
        var ballast = disk.File("ballast");
        await File.WriteAllBytesAsync(ballast, new byte[1_000_000], TestPlatform.Cancellation);
        var told = await UseAsync(disk, source, platform => FailAsync(platform, dataSet));
        Assert.Contains("full", told, StringComparison.Ordinal);

        File.Delete(ballast);
        (source.Greetings, source.Say) = (4, id => $"Hello {id}");
        await UseAsync(disk, source, async platform =>
        {
            await platform.Part<RunReconciler>().ReconcileAsync(TestPlatform.Cancellation);
            Assert.Equal([RunState.Failed, RunState.Succeeded], platform.Part<RunStore>().Of(dataSet.Id, 10).Select(run => run.State));
            Assert.Equal(GreetingSource.Rows(3, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
            Assert.True((await platform.RunAsync(dataSet)).IsSuccess);
            Assert.Equal(GreetingSource.Rows(4, "Hello"), await platform.ReadAsync(dataSet, StoredText.Rows));
            return true;
        });
    }

    [Fact]
    public async Task Credentials_without_their_keys_are_told_and_stay()
    {
        await using var bench = await GreetingBench.StartAsync();
        var dataSet = bench.AddDataSet();
        await RunOnceAsync(bench, dataSet);
        var keys = bench.Platform.Part<DataFolder>().Keys;
        Directory.Move(keys, keys + "-elsewhere");

        RunRecord run;
        await using (var without = new TestPlatform { DataFolder = bench.Platform.DataFolder })
        {
            run = await without.RunAsync(dataSet);
        }

        Directory.Delete(keys, recursive: true);
        Directory.Move(keys + "-elsewhere", keys);

        Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
        Assert.Contains("cannot be decrypted", run.Failure!.Message, StringComparison.Ordinal);
        Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4_096)]
    public async Task A_metadata_store_that_is_damaged_is_told_and_left_as_it_is(int from)
    {
        using var folder = new TemporaryFolder();
        await using (var platform = new TestPlatform { DataFolder = folder.File("data") })
        {
            platform.AddAccount("hello");
        }

        var file = folder.File("data", "metadata.db");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var damaged = await File.ReadAllBytesAsync(file, TestPlatform.Cancellation);
        Garbage.AsSpan(0, damaged.Length - from < Garbage.Length ? damaged.Length - from : Garbage.Length).CopyTo(damaged.AsSpan(from));
        await File.WriteAllBytesAsync(file, damaged, TestPlatform.Cancellation);

        await using var broken = new TestPlatform { DataFolder = folder.File("data") };
        var exception = Assert.Throws<PlatformException>(() => broken.Part<DataSetConfigurationStore>().List());

        Assert.Equal(PlatformFault.Storage, exception.Fault);
        Assert.StartsWith($"The metadata store", exception.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(file, TestPlatform.Cancellation));
    }

    [Theory]
    [InlineData("""{"Format":99}""", "names format 99")]
    [InlineData("""{"Format":0}""", "names format 0")]
    [InlineData("""{"Form""", "is damaged")]
    [InlineData("null", "names format")]
    [InlineData("", "is damaged")]
    public void A_marker_of_a_newer_platform_or_a_damaged_one_is_told(string marker, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("platform.json"), marker);

        var exception = Assert.Throws<PlatformException>(() => DataFolder.Open(folder.Path));

        Assert.Equal(PlatformFault.Storage, exception.Fault);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(marker, File.ReadAllText(folder.File("platform.json")));
    }

    [Fact]
    public void A_folder_of_something_else_is_refused_and_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("holidays.txt"), "Sun.");

        var exception = Assert.Throws<PlatformException>(() => DataFolder.Open(folder.Path));

        Assert.Contains("is not a data folder of this platform", exception.Message, StringComparison.Ordinal);
        Assert.Equal([folder.File("holidays.txt")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("a-file", "a-file")]
    [InlineData("a-file", "a-file/data")]
    public void A_path_that_cannot_be_a_folder_is_told(string file, string path)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(file), "");

        var exception = Assert.Throws<PlatformException>(() => DataFolder.Open(folder.File(path)));

        Assert.Equal(PlatformFault.Storage, exception.Fault);
        Assert.StartsWith($"The data folder {folder.File(path)} cannot be used", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_data_folder_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other permissions.");
        }

        using var folder = new TemporaryFolder();

        using var data = DataFolder.Open(folder.File("data"));

        Assert.All(
            Directory.GetDirectories(data.Root).Append(data.Root),
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(path).UnixFileMode));
    }

    private static async Task<T> UseAsync<T>(SmallDisk disk, GreetingSource source, Func<TestPlatform, Task<T>> work)
    {
        await using var platform = new TestPlatform
        {
            DataFolder = disk.File("data"),
            Settings = { ["Connectors:hello:BaseAddress"] = source.Address.ToString() },
        };
        return await work(platform);
    }

    /// <summary>The disk may be so full that even the run's record finds no place; the caller is told then.</summary>
    private static async Task<string> FailAsync(TestPlatform platform, DataSetConfiguration dataSet)
    {
        try
        {
            var run = await platform.RunAsync(dataSet);
            Assert.Equal((RunState.Failed, RunFailureKind.Platform), (run.State, run.Failure?.Kind));
            return run.Failure!.Message;
        }
        catch (PlatformException exception)
        {
            Assert.Equal(PlatformFault.Storage, exception.Fault);
            return exception.Message;
        }
    }

    /// <summary>Runs, closes the platform's file, and tells where it is.</summary>
    private static async Task<string> RunOnceAsync(GreetingBench bench, DataSetConfiguration dataSet)
    {
        Assert.True((await bench.Platform.RunAsync(dataSet)).IsSuccess);
        bench.Platform.Part<DataSetFiles>().Dispose();
        return bench.Platform.Part<DataSetFiles>().PathOf(dataSet.Id);
    }

    private static object? Query(string path, string sql)
    {
        using var connection = new DuckDBConnection($"DataSource={path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
