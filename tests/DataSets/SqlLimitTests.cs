using System.Globalization;
using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Host.Metadata;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Whatever a query asks for, it ends in time, and takes no more memory and disk than it may have; the host and its other readers do not notice.</summary>
public sealed class SqlLimitTests : IAsyncLifetime
{
    /// <summary>What a process takes before it has been asked anything, generously.</summary>
    private const int ProcessMegabytes = 128;

    private const string Down = "(SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT ";
    private const string Up = "))))))))";

    private readonly QueryFixture _sales = new(new QueryOptions { Within = TimeSpan.FromSeconds(4) });

    public ValueTask InitializeAsync() => new(_sales.FillAsync());

    public ValueTask DisposeAsync() => _sales.DisposeAsync();

    /// <summary>The latter ones keep the database busy where it never looks whether it should end.</summary>
    [Theory]
    [InlineData("SELECT count(*) FROM range(100000000000)")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")]
    [InlineData("SELECT count(*) FROM rows a, rows b, rows c, rows d, rows e, rows f, rows g, rows h WHERE hash(a.day, b.day, c.day, d.day, e.day, f.day, g.day, h.day) = 0")]
    [InlineData("SELECT count(*) FROM range(3000) t(i) WHERE repeat('a', 60) || i LIKE repeat('%a', 9) || '%b' || i")]
    [InlineData("SELECT max(levenshtein(repeat('x', 5000) || i, repeat('y', 5000) || i)) FROM range(3000) t(i)")]
    [InlineData($"SELECT {Down}{Down}{Down}{Down}{Down}1{Up}{Up}{Up}{Up}{Up}")]
    public async Task An_endless_query_is_stopped_at_its_time_limit(string sql)
    {
        var began = TimeProvider.System.GetTimestamp();
        var error = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));

        Assert.Contains("4 seconds", error.Message, StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30));
        Assert.Empty(new QueryProcesses(_sales.Platform.DataFolder).Running());
        Assert.Equal(["20"], await _sales.ValuesAsync("SELECT count(*) FROM rows"));
    }

    /// <summary>Each kind of nesting at several depths, up to the longest text that is read. What is no query when it is so deep is told so.</summary>
    [Theory]
    [InlineData("SELECT ", "(", "1", ")")]
    [InlineData("SELECT ", "(SELECT ", "1", ")")]
    [InlineData("SELECT ", "CASE WHEN true THEN ", "1", " END")]
    [InlineData("SELECT 1", "", "", "::INT")]
    [InlineData("SELECT ", "NOT ", "true", "")]
    [InlineData("SELECT ", "- ", "1", "")]
    [InlineData("SELECT 1", "", "", "+1")]
    [InlineData("SELECT 1", "", "", " UNION SELECT 1")]
    [InlineData("SELECT 1 FROM rows", "", "", ",rows")]
    [InlineData("SELECT ", "abs(", "1", ")")]
    [InlineData("SELECT ", "[", "1", "]")]
    [InlineData("WITH a AS (", "WITH a AS (", "SELECT 1", ") SELECT 1")]
    [InlineData("SELECT ", "list_transform([1], lambda x: ", "1", ")")]
    public async Task Nesting_is_answered_or_refused_in_words(string before, string down, string middle, string up)
    {
        foreach (var depth in new[] { 100, 1_000, 3_000, 30_000, 1_000_000 })
        {
            var sql = $"{before}{string.Concat(Enumerable.Repeat(down, depth))}{middle}{string.Concat(Enumerable.Repeat(up, depth))}{(before.EndsWith("AS (", StringComparison.Ordinal) ? ") SELECT 1" : "")}";
            try
            {
                await _sales.SqlAsync(sql);
            }
            catch (PlatformException refusal)
            {
                Assert.Equal(PlatformFault.Input, refusal.Fault);
                Assert.Matches(sql.Length > 20_000 ? "characters" : "nested too deeply|4 seconds|memory", refusal.Message);
            }
        }
    }

    [Theory]
    [InlineData(3_000, "abs(", ")", "nested too deeply")]
    [InlineData(19_900, "(", "", "nested too deeply")]
    [InlineData(30_000, "abs(", ")", "characters")]
    public async Task A_query_that_is_nested_too_deeply_is_told_what_to_do(int depth, string down, string up, string reason)
    {
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync($"SELECT {string.Concat(Enumerable.Repeat(down, depth))}1{string.Concat(Enumerable.Repeat(up, depth))}"));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason == "characters" ? "may have" : "WITH a AS", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_ends_when_nobody_waits_for_it()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _sales.Queries.SqlAsync(_sales.DataSet.Id, "SELECT count(*) FROM range(100000000000)", patience.Token));
        Assert.Empty(new QueryProcesses(_sales.Platform.DataFolder).Running());
        Assert.Empty(Left());
    }

    /// <summary>With the settings that a platform comes with.</summary>
    [Theory]
    [InlineData("SELECT length(string_agg(country, ',')) FROM (SELECT a.country FROM rows a, range(100000000))")]
    [InlineData("SELECT len(list(i)) FROM range(1000000000) t(i)")]
    [InlineData("SELECT max(len(range(i))) FROM range(1000000000, 1000000010) t(i)")]
    [InlineData("SELECT length(repeat(country, 1000000000)) FROM rows")]
    [InlineData("SELECT length(printf('%1000000000d', clicks)) FROM rows")]
    [InlineData("WITH RECURSIVE n(s) AS (SELECT country FROM rows UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n")]
    [InlineData("WITH a AS (SELECT string_agg(i, ',') s FROM range(200000) t(i)) SELECT max(length(upper(s || b.i))) FROM a, range(10000) b(i)")]
    [InlineData("SELECT max(length(regexp_replace(repeat('a', 10000) || i, '', repeat('b', 10000), 'g'))) FROM range(10000) t(i)")]
    [InlineData("SELECT damerau_levenshtein(repeat('x', 20000) || i, repeat('y', 20000)) FROM range(10) t(i)")]
    [InlineData("SELECT histogram(i) FROM range(100000000) t(i)")]
    [InlineData("SELECT median(i), mode(i), list_distinct(list(i)) FROM range(100000000) t(i)")]
    public async Task A_query_takes_no_more_memory_than_it_may_have(string sql)
    {
        await using var usual = new QueryFixture();
        await usual.FillAsync();

        await IsWithinMemoryAsync(usual, sql);
    }

    [Fact]
    public async Task One_long_text_among_short_ones_takes_no_more_memory_either()
    {
        await using var usual = new QueryFixture();
        await usual.FillAsync([.. Enumerable.Range(0, 3_000).Select(i => QueryFixture.Sale((i % 28) + 1, i == 1_500 ? new string('x', 1_000_000) : "Peru", 1, i))]);

        await IsWithinMemoryAsync(usual, "SELECT max(length(upper(a.country || b.clicks))) FROM rows a, rows b WHERE length(a.country) > 4");
        await IsWithinMemoryAsync(usual, "SELECT max(length(reverse(a.country))) FROM rows a JOIN rows b ON a.clicks < b.clicks GROUP BY a.country || b.clicks");
        Assert.Equal(["1000000"], await usual.ValuesAsync("SELECT max(length(upper(country))) FROM rows"));
    }

    [Fact]
    public async Task An_answer_takes_no_more_of_the_disk_than_a_quarter_of_what_is_free()
    {
        using var disk = new SmallDisk(megabytes: 64);
        await using var sales = new QueryFixture(new QueryOptions(), disk.File("data"));
        await sales.FillAsync();
        var drive = new DriveInfo(disk.File(""));
        var free = drive.AvailableFreeSpace;
        var least = free;

        await using var watch = TimeProvider.System.CreateTimer(_ => least = Math.Min(least, drive.AvailableFreeSpace), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(2));
        foreach (var sql in new[] { "SELECT * FROM range(100000000000)", "SELECT hash(i) h, hash(i + 1), hash(i + 2) FROM range(100000000) t(i) ORDER BY h" })
        {
            var refusal = await Assert.ThrowsAsync<PlatformException>(() => sales.Queries.ExportAsync(sales.DataSet.Id, sql, ExportFormat.Csv, TestPlatform.Cancellation));
            Assert.Contains("quarter", refusal.Message, StringComparison.Ordinal);
        }

        Assert.InRange(least, free * 2 / 3, free - (free / 8));
        Assert.InRange(drive.AvailableFreeSpace, free - (1 << 20), free);
    }

    [Theory]
    [InlineData("Csv")]
    [InlineData("Excel")]
    [InlineData("Parquet")]
    [InlineData("JsonLines")]
    public async Task An_answer_is_written_whole_and_leaves_nothing_else_behind(string name)
    {
        var format = Enum.Parse<ExportFormat>(name);
        using (var file = await _sales.Queries.ExportAsync(_sales.DataSet.Id, "SELECT a.*, b.clicks AS more FROM rows a, rows b, rows c", format, TestPlatform.Cancellation))
        {
            Assert.InRange(new FileInfo(file.Path).Length, 8_000, 2_000_000);
            Assert.Equal([file.Path], Left());
        }

        Assert.Empty(Left());
    }

    [Fact]
    public async Task A_query_sees_whole_commits_while_runs_go_on()
    {
        var committing = Task.Run(async () =>
        {
            for (var i = 1; i <= 40; i++)
            {
                await _sales.FillAsync([.. Enumerable.Range(0, 500).Select(row => QueryFixture.Sale((row % 28) + 1, new string('x', 200), 1, i))]);
            }
        }, TestPlatform.Cancellation);
        while (!committing.IsCompleted)
        {
            var seen = (await _sales.ValuesAsync("SELECT min(clicks), max(clicks), count(*) FROM rows"))[0].Split('|').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(seen is [10, 200, 20] || (seen[0] == seen[1] && seen[2] == 500), string.Join('|', seen));
        }

        await committing;
    }

    /// <summary>Whoever closes a handle to a file gives up the locks of the whole process.</summary>
    [Fact]
    public async Task The_file_stays_locked_against_other_processes()
    {
        using var lease = await _sales.OpenAsync();
        await _sales.SqlAsync("SELECT 1");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.File("rows.duckdb"), lease.File.Path);

        var refusal = await Assert.ThrowsAsync<PlatformException>(() => SqlProcess.AskAsync(
            new SqlRequest { Folder = folder.Path, Sql = "SELECT 1", MostRows = 1, MemoryMegabytes = 256 }, TestPlatform.Cancellation));

        Assert.Equal(PlatformFault.Busy, refusal.Fault);
    }

    private static async Task IsWithinMemoryAsync(QueryFixture sales, string sql)
    {
        using var watch = new QueryProcesses(sales.Platform.DataFolder).Watch();
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => sales.SqlAsync(sql));

        Assert.Contains("memory", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Megabytes, 40, new QueryOptions().MemoryMegabytes + ProcessMegabytes);
        Assert.Equal(PlatformFault.Input, refusal.Fault);
    }

    private IEnumerable<string> Left()
    {
        var folder = _sales.Platform.Part<DataFolder>();
        return Directory.EnumerateFileSystemEntries(Path.Combine(folder.Exports, folder.Instance));
    }
}
