using ConnectorPlatform.Host;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>The SQL box answers what reads the DataSet's rows, and nothing else.</summary>
public sealed class SqlBoxTests : IAsyncLifetime
{
    private QueryFixture _sales = null!;

    public static TheoryData<string> Attacks => [.. SqlAttacks.All];

    public async ValueTask InitializeAsync()
    {
        _sales = new QueryFixture(new QueryOptions { Within = TimeSpan.FromSeconds(2), SqlRows = 100, MemoryMegabytes = 128 });
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
    [InlineData("SELECT replace(replace(replace('a & <b>', '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), regexp_replace('a1', '[0-9]', '')", "a &amp; &lt;b&gt;|a")]
    public async Task A_query_that_reads_the_rows_is_answered(string sql, string first) =>
        Assert.Equal(first, (await _sales.ValuesAsync(sql))[0]);

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task What_does_more_than_reading_the_rows_is_refused(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));

        Assert.Equal(PlatformFault.Input, refusal.Fault);
        Assert.DoesNotContain("root:", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(20, await _sales.Platform.ReadAsync(_sales.DataSet, reader => reader.Count()));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
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
    [InlineData("SELECT replace(replace(country, 'e', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'), 'e', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee') FROM rows", "1000 times")]
    [InlineData("WITH a AS (SELECT regexp_replace(country, '', country) s FROM rows) SELECT regexp_replace(s, '', country) FROM a, rows", "1000 times")]
    [InlineData("WITH RECURSIVE n(s) AS (VALUES ('e') UNION ALL SELECT replace(s, 'e', 'eeeeeeeeee') FROM n) SELECT max(length(s)) FROM n", "1000 times")]
    [InlineData("WITH a AS (SELECT country || country || country || country || country || country || country || country s FROM rows), b AS (SELECT s || s || s || s || s || s || s || s s FROM a), c AS (SELECT s || s || s || s || s || s || s || s s FROM b) SELECT length(s || s || s || s || s || s || s || s) FROM c", "1000 times")]
    [InlineData("SELECT country || country AS a, a || a AS b, b || b AS c, c || c AS d, d || d AS e, e || e AS f, f || f AS g, g || g AS h, h || h AS i, i || i AS j FROM rows", "1000 times")]
    [InlineData("SELECT array_to_string([array_to_string(list_transform(string_split(country, ''), lambda x: country), ''), country], country) FROM rows", "1000 times")]
    [InlineData("SELECT bin(bin(bin(bin(country)))) FROM rows", "1000 times")]
    [InlineData("SELECT list_reduce([country, country], lambda x, y: x || x) FROM rows", "list_reduce")]
    public async Task Each_wall_refuses_by_itself_and_says_why(string sql, string reason) =>
        Assert.Contains(reason, (await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql))).Message, StringComparison.Ordinal);

    [Fact]
    public void Over_a_hundred_attacks_are_tried() => Assert.True(SqlAttacks.All.Count > 100);

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

    [Theory]
    [InlineData("SELECT count(*) FROM range(100000000000)")]
    [InlineData("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")]
    [InlineData("SELECT count(*) FROM rows a, rows b, rows c, rows d, rows e, rows f, rows g, rows h WHERE hash(a.day, b.day, c.day, d.day, e.day, f.day, g.day, h.day) = 0")]
    public async Task An_endless_query_is_stopped_at_its_time_limit(string sql)
    {
        var error = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));

        Assert.Contains("2 seconds", error.Message, StringComparison.Ordinal);
        Assert.Equal(["20"], await _sales.ValuesAsync("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task A_query_ends_when_nobody_waits_for_it()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _sales.Queries.SqlAsync(_sales.DataSet.Id, "SELECT count(*) FROM range(100000000000)", patience.Token));
    }

    [Theory]
    [InlineData("SELECT length(string_agg(country, ',')) FROM (SELECT a.country FROM rows a, range(100000000))")]
    [InlineData("SELECT len(list(i)) FROM range(1000000000) t(i)")]
    [InlineData("WITH RECURSIVE n(s) AS (SELECT country FROM rows UNION ALL SELECT s || s FROM n) SELECT max(length(s)) FROM n")]
    [InlineData("SELECT max(length(a.country || a.country || a.country || a.country || b.i)) FROM rows a, range(1000000000) b(i) GROUP BY b.i")]
    public async Task A_query_that_grows_without_measure_is_stopped_below_half_a_gigabyte(string sql)
    {
        var before = Environment.WorkingSet;
        var most = 0L;
        await using (TimeProvider.System.CreateTimer(_ => most = Math.Max(most, Environment.WorkingSet - before), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(5)))
        {
            var refusal = await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(sql));
            Assert.Matches("memory|2 seconds", refusal.Message);
        }

        Assert.InRange(most, 0, 512L << 20);
        Assert.Equal(["20"], await _sales.ValuesAsync("SELECT count(*) FROM rows"));
    }

    [Fact]
    public async Task A_deep_query_is_answered_and_a_deeper_one_refused()
    {
        Assert.Equal(["1"], await _sales.ValuesAsync(Nested(300)));
        await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(Nested(3_000)));

        static string Nested(int depth) => $"SELECT {string.Concat(Enumerable.Repeat("abs(", depth))}1{new string(')', depth)}";
    }

    [Fact]
    public async Task The_wider_the_rows_the_less_a_query_may_lengthen_them()
    {
        const string Sql = "SELECT max(length(country || country || country || country || country || country)) FROM rows";
        Assert.Equal(["30"], await _sales.ValuesAsync(Sql));

        await _sales.FillAsync([.. Enumerable.Range(1, 20).Select(day => QueryFixture.Sale(day, new string('x', 100_000), 1, 1))]);

        Assert.Contains("more than 4 times", (await Assert.ThrowsAsync<PlatformException>(() => _sales.SqlAsync(Sql))).Message, StringComparison.Ordinal);
        Assert.Equal(["200003"], await _sales.ValuesAsync("SELECT max(length(country || ' - ' || country)) FROM rows"));
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
        await _sales.SqlAsync("SELECT 1");
        using var lease = await _sales.Platform.Part<ConnectorPlatform.Host.DataSets.DataSetFiles>().OpenAsync(_sales.DataSet.Id, TestPlatform.Cancellation);
        using var connection = lease.File.Connect();

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
        for (var i = 0; i < 300; i++)
        {
            var sql = string.Join(' ', Enumerable.Range(0, random.Next(1, 12)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                await _sales.SqlAsync(sql);
            }
            catch (PlatformException refusal)
            {
                Assert.True(refusal.Fault == PlatformFault.Input, $"{sql}: {refusal.Message}");
            }
        }

        Assert.Equal(20, await _sales.Platform.ReadAsync(_sales.DataSet, reader => reader.Count()));
    }
}
