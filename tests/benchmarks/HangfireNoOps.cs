using Hangfire;
using Hangfire.InMemory;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Hangfire on its storage in memory: a job that does nothing, enqueued. No storage of its that survives the process runs without a database server.</summary>
internal sealed class HangfireNoOps : IDisposable
{
    private static readonly Countdown Jobs = new();

    private readonly InMemoryStorage _storage = new();
    private readonly BackgroundJobServer _server;
    private readonly BackgroundJobClient _client;

    public HangfireNoOps(int atOnce)
    {
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = atOnce }, _storage);
        _client = new BackgroundJobClient(_storage);
    }

    /// <summary>Enqueues the job so many times and waits for the last one.</summary>
    public async Task<long> RunAsync(int runs, int atOnce)
    {
        var all = Jobs.From(runs);
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, _ => _client.Enqueue(() => NoOp()));
        await all;
        return runs;
    }

    /// <summary>The job, which Hangfire calls by its name.</summary>
    public static void NoOp() => Jobs.One();

    public void Dispose()
    {
        _server.Dispose();
        _storage.Dispose();
    }
}
