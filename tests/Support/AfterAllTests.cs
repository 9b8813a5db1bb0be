using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(ConnectorPlatform.Tests.Support.AfterAllTests))]

namespace ConnectorPlatform.Tests.Support;

/// <summary>
/// What many tests share, disposed of when all have ended. At the end of the process it would be too late: the runner gives a process up that takes over
/// ten seconds to end, and that is a failure of the whole.
/// </summary>
public sealed class AfterAllTests : IAsyncDisposable
{
    private static readonly ConcurrentStack<Func<ValueTask>> Shared = new();

    /// <returns>What is disposed of in the end.</returns>
    internal static T Dispose<T>(T shared)
        where T : IAsyncDisposable
    {
        Shared.Push(shared.DisposeAsync);
        return shared;
    }

    public async ValueTask DisposeAsync()
    {
        while (Shared.TryPop(out var disposeAsync))
        {
            await disposeAsync();
        }
    }
}
