using System.Collections.Concurrent;

namespace ConnectorPlatform.Tests.Laws.Cases;

/// <summary>Keeps what a connector tells.</summary>
internal sealed class CollectingReporter : IRunReporter
{
    public ConcurrentQueue<string> Notes { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public void Info(string message) => Notes.Enqueue(message);

    public void Warn(string message) => Warnings.Enqueue(message);

    public void Progress(long done, long? total = null) => Assert.InRange(done, 0, total ?? long.MaxValue);
}
