using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.DataSets.Storage.Queries;
using ConnectorPlatform.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>A platform with a DataSet of sales, and short ways to ask it.</summary>
internal sealed class QueryFixture : IAsyncDisposable
{
    public static readonly Column[] Columns =
    [
        new("day", ColumnType.Date), new("country", ColumnType.String), new("amount", ColumnType.Decimal), new("clicks", ColumnType.Integer),
        new("at", ColumnType.DateTime), new("is_new", ColumnType.Boolean), new("extra", ColumnType.Json),
    ];

    private readonly TestPlatform _platform;

    public QueryFixture(QueryOptions? options = null)
        : this(new TestPlatform { Replace = Limits(options ?? new QueryOptions()) })
    {
    }

    public QueryFixture(QueryOptions options, string dataFolder)
        : this(new TestPlatform { Replace = Limits(options), DataFolder = dataFolder })
    {
    }

    private QueryFixture(TestPlatform platform)
    {
        _platform = platform;
        DataSet = _platform.AddDataSet("hello");
    }

    public DataSetConfiguration DataSet { get; }

    public DataSetQueries Queries => _platform.Part<DataSetQueries>();

    public TestPlatform Platform => _platform;

    public static RecordBatch Sales(params object?[][] rows) => StoreFixture.Rows(Columns, rows);

    public static object?[] Sale(int day, string? country, decimal amount, long clicks) =>
        [new DateOnly(2025, 1, day), country, amount, clicks, new DateTimeOffset(2025, 1, day, 12, 30, 0, TimeSpan.Zero), day % 2 == 0, $$"""{"day":{{day}}}"""];

    public Task<DataSetFiles.Lease> OpenAsync() => _platform.Part<DataSetFiles>().OpenAsync(DataSet.Id, TestPlatform.Cancellation);

    public Task FillAsync(params object?[][] rows) => _platform.CommitAsync(DataSet, Sales(rows));

    public Task FillAsync() => FillAsync([.. Enumerable.Range(1, 20).Select(day => Sale(day, day % 3 == 0 ? null : day % 2 == 0 ? "Chile" : "Peru", day * 1.5m, day * 10))]);

    public Task<SqlAnswer> SqlAsync(string sql) => Queries.SqlAsync(DataSet.Id, sql, TestPlatform.Cancellation);

    /// <summary>Values of an answer, in one text a row.</summary>
    public async Task<string[]> ValuesAsync(string sql) => [.. (await SqlAsync(sql)).Rows.Select(row => string.Join("|", row.Select(value => ConnectorPlatform.Host.ValueText.Of(value) ?? "null")))];

    public ValueTask DisposeAsync() => _platform.DisposeAsync();

    private static Action<IServiceCollection> Limits(QueryOptions options) => services => services.AddSingleton(options);
}
