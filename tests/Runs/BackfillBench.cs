using System.Globalization;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs.Backfills;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>The platform with the connector <c>dated</c> and a source of sales for it, three a day.</summary>
internal sealed class BackfillBench : IAsyncDisposable
{
    private const int SalesOfDay = 3;

    private static readonly DateOnly Epoch = new(2025, 1, 1);

    private readonly TemporaryFolder _folder = new();
    private LoopbackSource _source = null!;
    private DataSetStoreOptions _store = new();

    private BackfillBench() => Platform = null!;

    public TestPlatform Platform { get; private set; }

    public string DataFolder => _folder.File("data");

    /// <summary>Comes before the reply to a day; the day is the question's.</summary>
    public Func<string, HttpContext, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Comes after the reply to a day.</summary>
    public Action<string> Served { get; set; } = _ => { };

    /// <summary>What a live run finds new.</summary>
    public IReadOnlyList<long> New { get; set; } = [1, 2];

    public BackfillStore Store => Platform.Part<BackfillStore>();

    public BackfillRunner Runner => Platform.Part<BackfillRunner>();

    public BackfillControl Control => Platform.Part<BackfillControl>();

    /// <summary>The questions that reached the source, in their order.</summary>
    public IReadOnlyList<string> Asked => [.. _source.Requests.Select(request => request.PathAndQuery)];

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="time">The clock; by default the system's.</param>
    /// <param name="closesAtOnce">Whether the DataSets' files are let go of as soon as nobody uses them, so that other processes need not wait.</param>
    public static async Task<BackfillBench> StartAsync(TimeProvider? time = null, bool closesAtOnce = false)
    {
        var bench = new BackfillBench { _store = new DataSetStoreOptions { CloseAfterIdle = closesAtOnce ? TimeSpan.Zero : new DataSetStoreOptions().CloseAfterIdle } };
        bench._source = await LoopbackSource.StartAsync(bench.AnswerAsync);
        bench.Platform = bench.Open(time);
        return bench;
    }

    private TestPlatform Open(TimeProvider? time = null) => new()
    {
        DataFolder = DataFolder,
        Time = time ?? TimeProvider.System,
        Settings =
        {
            [TestPlatform.Folder] = Repository.PathOf("artifacts", "test-plugins", "dated"),
            ["Connectors:dated:BaseAddress"] = _source.Address.ToString(),
            ["Runs:CommitRows"] = "1",
        },
        Replace = services => services.AddSingleton(_store).AddSingleton(time is null ? new HttpLimits() : new HttpLimits { AttemptTimeout = ElapsingClock.Never, TotalDeadline = ElapsingClock.Never }),
    };

    /// <summary>Ends the process that the bench began with, and begins another.</summary>
    public async Task RestartAsync()
    {
        await Platform.DisposeAsync();
        Platform = Open();
    }

    /// <summary>The host's executable on the same data folder and source.</summary>
    public HostProgram Program() => new(DataFolder)
    {
        Environment =
        {
            ["Connectors__Folders__0"] = Repository.PathOf("artifacts", "test-plugins", "dated"),
            ["Connectors__dated__BaseAddress"] = _source.Address.ToString(),
            ["Connectors__Isolation"] = "InProcess",
            ["Runs__CommitRows"] = "1",
        },
    };

    public DataSetConfiguration AddDataSet(UpdateMethod method, DataSetRules? rules = null) =>
        Platform.AddDataSet("dated", method, Platform.AddAccount("dated", "{}"), System.Text.Json.JsonElement.Parse("""{"by_shop":false}"""), rules);

    public Task<BackfillPlan> PlanAsync(DataSetConfiguration dataSet, string first, string last, SliceUnit unit, Func<BackfillRequest, BackfillRequest>? change = null)
    {
        var request = new BackfillRequest(new DayRange(DayRange.Parse(first), DayRange.Parse(last)), unit);
        return Platform.Part<BackfillPlanning>().PlanAsync(dataSet, change?.Invoke(request) ?? request, Cancellation);
    }

    /// <summary>Stores a backfill, for this process or for whoever takes it up.</summary>
    public async Task<Backfill> StartAsync(DataSetConfiguration dataSet, string first, string last, SliceUnit unit, bool here = true)
    {
        var plan = await PlanAsync(dataSet, first, last, unit);
        Control.Start(plan, here);
        return plan.Backfill;
    }

    /// <summary>Runs what is left.</summary>
    public Task ExecuteAsync(Backfill backfill, CancellationToken? cancellationToken = null) =>
        Runner.ExecuteAsync(backfill.Id, _ => { }, "It was interrupted.", cancellationToken ?? Cancellation);

    /// <summary>The first days and states of the slices, such as <c>2025-01-01 Done</c>.</summary>
    public IReadOnlyList<string> States(Backfill backfill) =>
        [.. Store.Slices(backfill.Id).Select(slice => $"{DayRange.Text(slice.Range.First)} {slice.State}")];

    /// <summary>The ids that the DataSet holds, in their order.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(DataSetConfiguration dataSet) =>
        [.. (await Platform.ReadAsync(dataSet, reader => reader.Page(0, int.MaxValue))).Rows.Select(row => (long)row[0]!).Order()];

    /// <summary>The ids of the sales of some days.</summary>
    public static IReadOnlyList<long> IdsOf(string first, string last) =>
    [
        .. Enumerable.Range(DayRange.Parse(first).DayNumber, DayRange.Parse(last).DayNumber - DayRange.Parse(first).DayNumber + 1)
            .SelectMany(day => Enumerable.Range(1, SalesOfDay).Select(sale => IdOf(DateOnly.FromDayNumber(day), sale))),
    ];

    /// <summary>Waits for what other threads and processes do.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await _source.DisposeAsync();
        _folder.Dispose();
    }

    private static long IdOf(DateOnly day, int sale) => 1_000_000 + (10 * (day.DayNumber - Epoch.DayNumber)) + sale;

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/new")
        {
            var after = long.Parse(context.Request.Query["after"]!, CultureInfo.InvariantCulture);
            await Before("new", context);
            await context.Response.WriteAsJsonAsync(new { sales = New.Where(id => id > after).Select(id => new { id, day = "2026-01-01", text = "new" }) }, context.RequestAborted);
            return;
        }

        var day = context.Request.Query["day"].ToString();
        await Before(day, context);
        if (!context.Response.HasStarted)
        {
            var sales = Enumerable.Range(1, SalesOfDay).Select(sale => new { id = IdOf(DayRange.Parse(day), sale), day, text = $"Sale {sale}" });
            await context.Response.WriteAsJsonAsync(new { sales }, context.RequestAborted);
            await context.Response.CompleteAsync();
            Served(day);
        }
    }
}
