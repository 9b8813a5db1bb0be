using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>Reads a DataSet without a pause on threads of its own, and fails when it sees something else than the states that follow each other.</summary>
internal sealed class HammeringReaders : IAsyncDisposable
{
    private readonly string[] _states;
    private readonly CancellationTokenSource _stop = new();
    private readonly int[] _reads;
    private readonly Task[] _readers;

    public HammeringReaders(DataSetReader reader, string[] states, int count)
    {
        _states = states;
        _reads = new int[count];
        _readers = [.. Enumerable.Range(0, count).Select(number => Task.Factory.StartNew(
            () => Read(reader, number), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <summary>Returns when every reader has begun and ended a read since.</summary>
    public async Task ReadOnceMoreAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        var before = _reads.ToArray();
        while (_reads.Index().Any(read => Volatile.Read(ref _reads[read.Index]) < before[read.Index] + 2))
        {
            if (Array.Find(_readers, reader => reader.IsCompleted) is { } failed)
            {
                await failed;
            }

            await Task.Delay(1, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
        _stop.Dispose();
    }

    private void Read(DataSetReader reader, int number)
    {
        for (var last = 0; !_stop.IsCancellationRequested; _reads[number]++)
        {
            var seen = LawRows.Print(reader);
            var state = Array.IndexOf(_states, seen);
            Assert.True(state >= last, $"After state {last} ({_states[last]}) a reader saw {(state < 0 ? "no state at all" : $"state {state}")}: {seen}");
            last = state;
        }
    }
}
