using ConnectorPlatform.Host.Accounts;
using ConnectorPlatform.Host.Connectors;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Http;
using ConnectorPlatform.Tests.Laws.Cases;
using ConnectorPlatform.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using WireMock.Server;

namespace ConnectorPlatform.Tests.Laws;

/// <summary>
/// A scenario on the whole platform: WireMock as the source, and before it a front through which each request passes, so that a test
/// may come between any two.
/// </summary>
internal sealed class ScenarioBench : IAsyncDisposable
{
    /// <summary>Replies that only a run which continues from one of the scenario's checkpoints asks for.</summary>
    private const string ResumedFolder = "resumed";

    private readonly WireMockServer _source;
    private readonly LoopbackSource _front;
    private readonly HttpClient _toSource = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private int _requests;

    private ScenarioBench(Scenario scenario, WireMockServer source, LoopbackSource front, bool inWorkers)
    {
        (Scenario, _source, _front) = (scenario, source, front);
        Clock = new ElapsingClock(scenario.Run.Now);
        Package = TestPlatform.Catalog.Find(scenario.Connector);
        Platform = new TestPlatform
        {
            Time = Clock,
            Settings = { [$"Connectors:{Package.Manifest.Id}:BaseAddress"] = new Uri(front.Address, Package.Manifest.Http.BaseAddress.AbsolutePath).ToString() },
            Replace = services => (inWorkers ? services.AddSingleton<IConnectorIsolation>(new StandingWorkers(scenario.Run.Now)) : services)
                .AddSingleton(new HttpLimits { AttemptTimeout = ElapsingClock.Never, TotalDeadline = ElapsingClock.Never })
                .AddSingleton(new DataSetStoreOptions { CloseAfterIdle = ElapsingClock.Never })
                .AddSingleton(new PipelineOptions { Time = Clock, CommitRows = 1, StopWithin = ElapsingClock.Never }),
        };
        Account = Platform.Part<AccountStore>().Add("Scenario", Package.Manifest.Id, Canary.Of(scenario.Run.Credentials), null);
    }

    public static TheoryData<string> Names => [.. Scenario.Names()];

    public Scenario Scenario { get; }

    public ConnectorPackage Package { get; }

    public TestPlatform Platform { get; }

    public ElapsingClock Clock { get; }

    public Account Account { get; }

    /// <summary>Comes before request <c>number</c>, counted from 1 in each run; true when it has answered itself.</summary>
    public Func<HttpContext, int, Task<bool>> Interfere { get; set; } = (_, _) => Task.FromResult(false);

    /// <summary>Requests of the last run that reached the front.</summary>
    public int Requests => _requests;

    public static async Task<ScenarioBench> StartAsync(string name, bool inWorkers = false)
    {
        var scenario = Scenario.Load(name);
        var source = WireMockServer.Start();
        foreach (var folder in new[] { scenario.MappingsFolder, Path.Combine(scenario.Folder, ResumedFolder) }.Where(Directory.Exists))
        {
            source.ReadStaticMappings(folder);
        }

        ScenarioBench bench = null!;
        bench = new ScenarioBench(scenario, source, await LoopbackSource.StartAsync(context => bench.AnswerAsync(context)), inWorkers);
        return bench;
    }

    /// <summary>A new DataSet in the state from which the scenario continues.</summary>
    public async Task<DataSetConfiguration> AddDataSetAsync(UpdateMethod method, params IReadOnlyList<RecordBatch> stored)
    {
        var dataSet = Platform.AddDataSet(Package.Manifest.Id, method, Account, Scenario.Run.Details);
        if (Scenario.Run.State is { } state && Scenario.Expected is { } expected)
        {
            Column[] columns = [.. expected.Columns.Select(text => ColumnOf(text, expected.Keys))];
            stored = [new ConnectorContext { Http = _toSource }.BatchOfRows(columns, [], state), .. stored];
        }

        if (stored.Count > 0)
        {
            await Platform.CommitAsync(dataSet, stored);
        }

        return dataSet;
    }

    public Task<RunRecord> RunAsync(DataSetConfiguration dataSet, CancellationToken? cancellationToken = null)
    {
        _requests = 0;
        return Platform.RunAsync(dataSet, cancellationToken);
    }

    /// <summary>What the connector delivers, through the platform's client; up to its failure when it fails.</summary>
    public async Task<IReadOnlyList<RecordBatch>> ReadBatchesAsync()
    {
        await using var session = await Platform.Part<ConnectorSessions>().OpenAsync(new SessionRequest
        {
            Package = Package,
            Account = new AccountChoice(Account),
            Details = Scenario.Run.Details,
            State = Scenario.Run.State,
            Progress = new RunProgress(new RunLog(null, Clock)),
        }, TestPlatform.Cancellation);
        var batches = new List<RecordBatch>();
        try
        {
            await foreach (var batch in session.ReadAsync(TestPlatform.Cancellation))
            {
                batches.Add(batch);
            }
        }
        catch (ConnectorException) when (Scenario.Expected is null)
        {
            // As the scenario says.
        }

        return batches;
    }

    /// <summary>How the run ended and what the DataSet holds, one fact a line.</summary>
    public async Task<IReadOnlyList<string>> TellAsync(RunRecord run, DataSetConfiguration dataSet) =>
    [
        $"state {run.State}",
        $"failure {run.Failure?.Kind} {run.Failure?.Message}",
        .. run.Warnings.Select(warning => $"warning {warning}"),
        .. await ContentAsync(dataSet),
    ];

    public Task<IReadOnlyList<string>> ContentAsync(DataSetConfiguration dataSet) => Platform.ReadAsync<IReadOnlyList<string>>(dataSet, reader =>
    [
        $"columns {string.Join(" ", StoredText.Columns(reader))}",
        $"keys {string.Join(" ", StoredText.Keys(reader))}",
        .. StoredText.Rows(reader),
    ]);

    public IEnumerable<string> UnexpectedRequests() => _source.LogEntries.Where(entry => entry.MappingGuid is null).Select(entry => entry.RequestMessage!.Url);

    public IEnumerable<string?> UnmetMappings()
    {
        var met = _source.LogEntries.Select(entry => entry.MappingGuid).ToHashSet();
        return _source.Mappings.Where(mapping => !met.Contains(mapping.Guid)).Select(mapping => mapping.Title);
    }

    public async ValueTask DisposeAsync()
    {
        await Platform.DisposeAsync();
        await _front.DisposeAsync();
        _toSource.Dispose();
        _source.Dispose();
    }

    private static Column ColumnOf(string text, string[] keys)
    {
        var (name, type) = (text[..text.LastIndexOf(':')], text[(text.LastIndexOf(':') + 1)..]);
        return new Column(name, Enum.Parse<ColumnType>(type)) { IsKey = keys.Contains(name) };
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests);
        if (!await Interfere(context, number))
        {
            await ForwardAsync(context);
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), _source.Url + target);
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StringContent(_front.Requests.Last().Body, null, context.Request.ContentType!.Split(';')[0]);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Content-Type" or "Content-Length")))
        {
            request.Headers.TryAddWithoutValidation(name, values.Select(value => Canary.Undo(value!, Scenario.Run.Credentials)));
        }

        using var response = await _toSource.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
