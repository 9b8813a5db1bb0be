using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Tests.Metadata;

public sealed class SharedCommitsTests
{
    private readonly Lock _lock = new();
    private readonly List<int> _commits = [];
    private readonly List<int> _stored = [];

    [Fact]
    public async Task Writes_that_come_during_a_commit_share_the_next_one()
    {
        using var isInside = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var commits = new SharedCommits<List<int>>(Commit);
        var first = Task.Run(() => commits.Do(stored =>
        {
            isInside.Set();
            mayEnd.Wait(TestContext.Current.CancellationToken);
            stored.Add(0);
            return 0;
        }));
        isInside.Wait(TestContext.Current.CancellationToken);
        var others = Enumerable.Range(1, 5).Select(number => Task.Factory.StartNew(
            () => Write(commits, number),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        SpinWait.SpinUntil(() => commits.Waiting == others.Count);
        mayEnd.Set();

        Assert.Equal([1, 2, 3, 4, 5], (await Task.WhenAll(others)).Order());
        await first;
        Assert.Equal([0, 1, 2, 3, 4, 5], _stored.Order());
        Assert.Equal([1, 5], _commits);
    }

    [Fact]
    public void A_write_that_fails_tells_its_own_caller_and_stores_nothing()
    {
        var commits = new SharedCommits<List<int>>(Commit);
        Write(commits, 1);

        Assert.Throws<InvalidOperationException>(() => commits.Do<int>(_ => throw new InvalidOperationException("No.")));
        Assert.Equal(2, Write(commits, 2));
        Assert.Equal([1, 2], _stored);
    }

    [Fact]
    public void A_commit_that_fails_is_no_success_of_its_write()
    {
        var commits = new SharedCommits<List<int>>(writes =>
        {
            writes[0].Try([]);
            throw new IOException("The disk is full.");
        });

        Assert.Equal("The disk is full.", Assert.Throws<IOException>(() => Write(commits, 1)).Message);
    }

    private static int Write(SharedCommits<List<int>> commits, int number) => commits.Do(stored =>
    {
        stored.Add(number);
        return number;
    });

    private void Commit(IReadOnlyList<SharedWrite<List<int>>> writes)
    {
        lock (_lock)
        {
            _commits.Add(writes.Count);
            foreach (var write in writes)
            {
                var stored = new List<int>();
                if (write.Try(stored))
                {
                    _stored.AddRange(stored);
                }
            }
        }
    }
}
