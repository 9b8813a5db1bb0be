using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Workers;

/// <summary>However much a connector sends, the host keeps nothing of it when the run has ended.</summary>
[Collection(nameof(WorkerProcesses))]
public sealed class HostMemoryTests
{
    private const long MostKept = 32 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gigabyte-record")]
    [InlineData("large-record")]
    [InlineData("noise")]
    public async Task The_memory_of_a_deed_is_given_back(string deed)
    {
        await using var platform = new PlatformWithWorkers(("Connectors:hostile:Workers:MemoryMegabytes", "1024"));
        Assert.Equal(RunState.Succeeded, (await platform.RunAsync("hello", cancellationToken: Cancellation)).State);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var run = await platform.DoAsync(deed, Cancellation);

        Assert.Equal(deed == "noise" ? RunState.Succeeded : RunState.Failed, run.State);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostKept);
    }
}
