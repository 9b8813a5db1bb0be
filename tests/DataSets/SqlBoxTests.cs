using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>The SQL box answers what reads the DataSet's rows, and nothing else.</summary>
public sealed class SqlBoxTests : IAsyncLifetime
{
    private QueryFixture _sales = null!;

    public static TheoryData<string> Attacks => [.. SqlAttacks.All];

    public async ValueTask InitializeAsync()
    {
        _sales = new QueryFixture(new QueryOptions { Within = TimeSpan.FromSeconds(60), SqlRows = 100 });
        await _sales.FillAsync();
    }

    public ValueTask DisposeAsync() => _sales.DisposeAsync();

    [Theory]
    [InlineData("SELECT count(*) FROM rows", "20")]
    [InlineData("select sum(clicks) from ROWS;", "2100")]
    [InlineData("SELECT country, sum(amount) AS total FROM rows GROUP BY country ORDER BY total DESC NULLS LAST LIMIT 1", "Chile|111")]
    [InlineData("FROM rows SELECT max(day)", "2025-01-20")]
    [InlineData("WITH few AS (SELECT * FROM rows WHERE clicks < 30), two AS (SELECT * FROM few) SELECT count(*) FROM two JOIN few USING (day)", "2")]
    [InlineData("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n", "15")]
    [InlineData("SELECT day, row_number() OVER (PARTITION BY country ORDER BY day DESC) AS n FROM rows QUALIFY n = 1 ORDER BY 1 DESC LIMIT 1", "2025-01-20|1")]
    [InlineData("SELECT extra ->> 'day', \"at\", is_new FROM dataset.main.rows ORDER BY day LIMIT 1 -- the first", "1|2025-01-01T12:30:00Z|false")]
    [InlineData("SELECT date_trunc('month', day)::DATE, count(*) FILTER (WHERE is_new) FROM rows GROUP BY ALL", "2025-01-01|10")]
    [InlineData("SELECT [1, 2], {'a': 1}, 1e300 * 1e10, 170141183460469231731687303715884105727, INTERVAL 2 DAY", "[1, 2]|{'a': 1}|Infinity|170141183460469231731687303715884105727|2 days")]
    [InlineData("SELECT CASE WHEN EXISTS (SELECT 1 FROM rows r WHERE r.clicks = 10) THEN 'ü' END, list_transform([1, 2], lambda x: x + 1)", "ü|[2, 3]")]
    [InlineData("VALUES (1, 'a')", "1|a")]
    [InlineData("SELECT i FROM range(3) t(i) ORDER BY i DESC LIMIT 1", "2")]
    [InlineData("SELECT 1 AS a, 2 AS a", "1|2")]
    [InlineData("SELECT country || ': ' || clicks, concat_ws(', ', country, day, \"at\"), CASE WHEN is_new THEN country || '!' END FROM rows WHERE day = '2025-01-02'", "Chile: 20|Chile, 2025-01-02, 2025-01-02 12:30:00+00|Chile!")]
    [InlineData("WITH RECURSIVE p(i, path) AS (VALUES (1, 'a') UNION ALL SELECT i + 1, path || '/' || i FROM p WHERE i < 3) SELECT max(path) FROM p", "a/1/2")]
    [InlineData("SELECT lpad('7', 3, '0'), printf('%05d', 42), format('{:>4}', 'x'), repeat('ab', 2), range(3), list_reduce([1, 2, 3], lambda x, y: x + y)", "007|00042|   x|abab|[0, 1, 2]|6")]
    [InlineData("SELECT replace(replace(replace('a & <b>', '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), regexp_replace('a1', '[0-9]', '')", "a &amp; &lt;b&gt;|a")]
    public async Task A_query_that_reads_the_rows_is_answered(string sql, string first) =>
        Assert.Equal(first, (await _sales.ValuesAsync(sql))[0]);

    /// <summary>By the check alone, on a connection that reaches every file.</summary>
    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task What_does_more_than_reading_the_rows_is_refused(string sql)
    {
        using var lease = await _sales.OpenAsync();
        using var connection = lease.File.Connect();

        var refusal = Assert.Throws<PlatformException>(() => SqlQuery.Prepare(connection, sql));

        Assert.Equal(PlatformFault.Input, refusal.Fault);
        Assert.DoesNotContain("root:", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(20, lease.Reader.Count());
    }

    [Theory]
    [InlineData("DROP TABLE rows")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')")]
    [InlineData("COPY rows TO '/tmp/stolen.csv'")]
    [InlineData("SELECT getenv('HOME')")]
    public async Task What_is_refused_is_not_exported_either(string sql) =>
        await Assert.ThrowsAsync<PlatformException>(() => _sales.Queries.ExportAsync(_sales.DataSet.Id, sql, ExportFormat.Csv, TestPlatform.Cancellation));

    [Theory]
    [InlineData("DELETE FROM rows", "Only a query that reads")]
    [InlineData("-- nothing", "There is no query")]
    [InlineData("SELECT 1; SELECT 2", "One query at a time")]
    [InlineData("SELECT * FROM rows AT (VERSION => 1)", "as they are now")]
    [InlineData("SELECT * FROM (SHOW TABLES)", "DESCRIBE, SHOW and SUMMARIZE")]
    [InlineData("SELECT ? FROM rows", "no parameters")]
    [InlineData("SELECT getenv('HOME')", "The function getenv")]
    [InlineData("SELECT system.main.getenv('HOME')", "The function getenv")]
    [InlineData("SELECT other.abs(1)", "The function abs")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')", "Reading from read_text")]
    [InlineData("SELECT * FROM other.range(3)", "Reading from range")]
    [InlineData("SELECT * FROM '/etc/passwd'", "There is no table")]
    [InlineData("SELECT * FROM platform.rows", "There is no table")]
    [InlineData("SELECT * FROM memory.main.rows", "There is no table")]
    [InlineData("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a", "There is no table \"b\"")]
    [InlineData("WITH x AS (SELECT * FROM x) SELECT * FROM x", "There is no table \"x\"")]
    public async Task Each_wall_refuses_by_itself_and_says_why(string sql, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql))).Message, StringComparison.Ordinal);

    [Fact]
    public void Over_three_hundred_attacks_are_tried() => Assert.True(SqlAttacks.All.Count > 300);

    [Theory]
    [InlineData("SELECT country FRM rows", "line 1, column 20")]
    [InlineData("SELECT\n  amont\nFROM rows", "line 2, column 3")]
    [InlineData("SELECT 'ü', read_text('x')", "line 1, column 13")]
    [InlineData("SELECT count(*)\nFROM other", "line 2, column 6")]
    public async Task An_error_tells_its_place(string sql, string place)
    {
        var error = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));

        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LINE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_column_is_told_with_those_that_are_near()
    {
        var error = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync("SELECT clikcs FROM rows"));

        Assert.Contains("clicks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_may_have_a_long_name_and_an_answer_only_so_many_columns()
    {
        var name = new string('n', 15_000);
        Assert.Equal(name, Assert.Single((await _sales.SqlAsync($"SELECT 1 AS \"{name}\"")).Columns).Name);

        Assert.Contains("9901 columns, and may have 1000", await MessageAsync(",1"), StringComparison.Ordinal);
        Assert.Matches("89109 columns, and may have 1000|more memory", await MessageAsync(",* FROM rows"));

        async Task<string> MessageAsync(string more) =>
            (await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync($"SELECT {more[1]}{string.Concat(Enumerable.Repeat(more[..2], 9_900))}{more[2..]}"))).Message;
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_says_so()
    {
        var answer = await _sales.SqlAsync("SELECT a.day FROM rows a, rows b");

        Assert.True(answer.IsCut);
        Assert.Equal(100, answer.Rows.Count);
        Assert.False((await _sales.SqlAsync("SELECT day FROM rows")).IsCut);
    }

    [Fact]
    public async Task The_order_of_an_answer_is_that_of_its_query() =>
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{200 - (i * 10)}"), await _sales.ValuesAsync("SELECT clicks FROM rows ORDER BY clicks DESC"));

    [Fact]
    public async Task Other_DataSets_are_out_of_reach()
    {
        var other = _sales.Platform.AddDataSet("hello");
        await _sales.Platform.CommitAsync(other, QueryFixture.Sales(QueryFixture.Sale(1, "Secret", 1, 1)));
        var path = _sales.Platform.Part<ConnectorPlatform.Host.DataSets.DataSetFiles>().PathOf(other.Id);

        foreach (var sql in new[] { $"SELECT * FROM '{path}'", $"ATTACH '{path}' AS other", $"SELECT * FROM read_duckdb('{path}')", "SELECT * FROM other.main.rows", $"SELECT * FROM read_blob('{path}')" })
        {
            var refusal = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));
            Assert.DoesNotContain("Secret", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whatever_a_query_says_the_database_reaches_no_other_file()
    {
        using var lease = await _sales.OpenAsync();
        using var connection = lease.File.Connect();
        GuardedReading.Seal(connection, _sales.Platform.DataFolder);

        // Without the check of the tree: the second wall stands by itself.
        Assert.ThrowsAny<Exception>(() => connection.Scalar("SELECT content FROM read_text('/etc/passwd')"));
        Assert.ThrowsAny<Exception>(() => connection.Run("SET enable_external_access = true"));
        Assert.ThrowsAny<Exception>(() => connection.Run("ATTACH '/tmp/other.duckdb' AS other"));
    }

    [Fact]
    public async Task A_run_can_commit_after_somebody_has_asked()
    {
        await _sales.SqlAsync("SELECT 1");
        await _sales.FillAsync(QueryFixture.Sale(1, "Peru", 1, 1), QueryFixture.Sale(2, "Peru", 1, 1));

        Assert.Equal(["2"], await _sales.ValuesAsync("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task Random_noise_is_refused_or_answered_and_never_more()
    {
        string[] words = ["SELECT", "FROM", "rows", "(", ")", ",", "*", "WHERE", "WITH", "a", "AS", "UNION", "'x'", "1", "read_csv", "ATTACH", ";", "--", "/*", "\"", "VALUES", "JOIN", "COPY", "TO"];
        var random = new Random(20251128);
        using var lease = await _sales.OpenAsync();
        using var connection = lease.File.Connect();
        for (var i = 0; i < 300; i++)
        {
            var sql = string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                SqlQuery.Prepare(connection, sql).Read(connection, limit: 10);
            }
            catch (PlatformException refusal)
            {
                Assert.True(refusal.Fault == PlatformFault.Input, $"{sql}: {refusal.Message}");
            }
        }

        Assert.Equal(20, lease.Reader.Count());
    }
}
