using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Host.Http;
using ConnectorPlatform.Host.Runs;
using ConnectorPlatform.Host.Runs.Sessions;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.Runs;

/// <summary>Runs of a connector that a test writes, into one DataSet's file.</summary>
internal sealed class ConnectorBench : IDisposable
{
    public const string Secret = "s3cret/for+tests";

    private readonly TemporaryFolder _folder = new();
    private readonly DataSetFile _file;
    private readonly ElapsingClock _clock = new(new DateTimeOffset(2026, 10, 30, 12, 0, 0, TimeSpan.Zero));
    private readonly TimeProvider _time;
    private long _fence;

    public ConnectorBench()
    {
        _file = DataSetFile.Open(_folder.File("test.duckdb"), 128);
        _time = new ReadClock(_clock, () => ClockRead());
    }

    /// <summary>Comes whenever something of a run asks for the time, which every commit does.</summary>
    public Action ClockRead { get; set; } = () => { };

    public UpdateMethod Method { get; set; } = UpdateMethod.Replace;

    public DataSetReader Reader => new(_file);

    /// <summary>The log lines of the last run.</summary>
    public IReadOnlyList<JsonElement> Log => [.. File.ReadLines(LogPath).Select(line => JsonElement.Parse(line))];

    private string LogPath => _folder.File($"{_fence}.jsonl");

    /// <summary>Lets the log of the next run be none that can be written.</summary>
    public void ForbidNextLog() => Directory.CreateDirectory(_folder.File($"{_fence + 1}.jsonl"));

    public Task<RunRecord> RunAsync(params RecordBatch[] batches) => RunAsync((_, _) => batches.ToAsyncEnumerable());

    public async Task<RunRecord> RunAsync(
        Func<ConnectorContext, CancellationToken, IAsyncEnumerable<RecordBatch>> read, CancellationToken? cancellationToken = null)
    {
        var pipeline = new RunPipeline(new PipelineOptions { Time = _clock, CommitRows = 1 });
        using var execution = new RunExecution(Begin(), LogPath, pipeline, _time);
        return await execution.ExecuteAsync(
            _ => Task.FromResult(new DataSetFiles.Lease(_file, () => { })),
            (state, _) => Open(new WrittenConnector(read), execution, state),
            cancellationToken ?? TestContext.Current.CancellationToken);
    }

    /// <summary>A batch as a connector makes it.</summary>
    public static RecordBatch Batch<T>(object? checkpoint, params T[] records) => new ConnectorContext { Http = new HttpClient() }.Batch(records, checkpoint);

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    private static Task<IConnectorSession> Open(WrittenConnector connector, RunExecution execution, JsonElement? state)
    {
        var mask = SecretMask.For(JsonSerializer.SerializeToElement(new { access_token = Secret }));
        execution.Progress.Hide(mask);
        return Task.FromResult<IConnectorSession>(
            new InProcessSession(connector, new ConnectorContext { Http = new HttpClient(), State = state, Reporter = execution.Progress }));
    }

    private RunRecord Begin() => new()
    {
        Id = $"run-{++_fence}",
        DataSetId = "test",
        Fence = _fence,
        Instance = "test",
        Trigger = RunTrigger.Manual,
        ConnectorVersion = "1.0.0",
        Details = JsonElement.Parse("{}"),
        UpdateMethod = Method,
        State = RunState.Running,
        Phase = RunPhase.Preparing,
        StartedAt = _clock.GetUtcNow(),
    };

    private sealed class ReadClock(TimeProvider clock, Action read) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            read();
            return clock.GetUtcNow();
        }
    }

    private sealed class WrittenConnector(Func<ConnectorContext, CancellationToken, IAsyncEnumerable<RecordBatch>> read) : IConnector
    {
        public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) => read(context, cancellationToken);
    }
}
