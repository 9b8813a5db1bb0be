namespace ConnectorPlatform.Benchmarks;

/// <summary>Tells when so many have come.</summary>
internal sealed class Countdown
{
    private TaskCompletionSource _all = new();
    private int _left;

    public Task From(int count)
    {
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _left = count;
        return _all.Task;
    }

    public void One()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.SetResult();
        }
    }
}
