using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Runs;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>How many notices there are, and of what.</summary>
public sealed class GroupingTests : IAsyncLifetime
{
    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Fifty_DataSets_of_one_broken_account_are_one_notice_and_its_recovery_is_one()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var dataSets = Enumerable.Range(0, 50).Select(_ => _bench.AddDataSet(account)).ToList();
        foreach (var dataSet in dataSets)
        {
            _bench.Run(dataSet, RunFailureKind.Credentials);
            await _bench.DeliverAsync();
        }

        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await _bench.DeliverAsync();
        var notice = Assert.Single(_bench.Bodies);
        Assert.Equal("account", notice.GetProperty("event").GetString());
        Assert.Equal(account.Name, notice.GetProperty("account").GetString());
        Assert.Equal(dataSets.Select(dataSet => dataSet.Name), notice.GetProperty("datasets").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));

        foreach (var failure in new RunFailureKind?[] { RunFailureKind.Credentials, null })
        {
            dataSets.ForEach(dataSet => _bench.Run(dataSet, failure));
            await _bench.DeliverGroupsAsync();
        }

        Assert.Equal(["account", "recovery"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));

        _bench.Run(dataSets[7], RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        Assert.Equal(3, _bench.Bodies.Count);
    }

    [Fact]
    public async Task DataSets_that_fail_within_the_window_are_listed_together()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var dataSets = Enumerable.Range(0, 3).Select(_ => _bench.AddDataSet(account)).ToList();

        _bench.Run(dataSets[0], RunFailureKind.Credentials);
        await _bench.DeliverAsync();
        Assert.Empty(_bench.Bodies);
        _bench.Clock.Advance(TimeSpan.FromSeconds(30));
        _bench.Run(dataSets[1], RunFailureKind.Credentials);
        _bench.Run(dataSets[0], RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        _bench.Run(dataSets[2], RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();

        Assert.Equal(2, Assert.Single(_bench.Bodies).GetProperty("datasets").GetArrayLength());
    }

    [Fact]
    public async Task What_failed_while_no_server_ran_is_listed_together_and_told_before_the_recovery()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var dataSets = Enumerable.Range(0, 3).Select(_ => _bench.AddDataSet(account)).ToList();
        dataSets.ForEach(dataSet => _bench.Run(dataSet, RunFailureKind.Credentials));
        _bench.Run(dataSets[0]);
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        await _bench.DeliverAsync();
        Assert.Empty(_bench.Bodies);
        await _bench.DeliverGroupsAsync();

        Assert.Equal(["account", "recovery"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));
        Assert.Equal(3, _bench.Bodies[0].GetProperty("datasets").GetArrayLength());
    }

    [Fact]
    public async Task Only_a_DataSet_that_the_account_kept_from_running_shows_that_it_works_again()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var (forbidden, allowed, slow) = (_bench.AddDataSet(account), _bench.AddDataSet(account), _bench.AddDataSet(account));
        var early = _bench.Begin(slow);
        _bench.Run(forbidden, RunFailureKind.Credentials);
        _bench.Run(slow, RunFailureKind.Credentials);
        _bench.End(early);
        _bench.Run(allowed);
        await _bench.DeliverGroupsAsync();
        Assert.Equal(["account"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));

        _bench.Platform.Part<DataSetConfigurationStore>().Delete(forbidden.Id);
        _bench.Run(slow);
        await _bench.DeliverGroupsAsync();
        Assert.Equal(["account", "recovery"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task A_trouble_whose_DataSets_are_all_deleted_hides_no_later_one()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var (first, second) = (_bench.AddDataSet(account), _bench.AddDataSet(account));
        _bench.Run(first, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        _bench.Platform.Part<DataSetConfigurationStore>().Delete(first.Id);
        _bench.Run(second, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();

        Assert.Equal(2, _bench.Bodies.Count);
    }

    [Fact]
    public async Task Every_failure_or_the_first_one_is_told_as_the_rule_says()
    {
        var every = _bench.AddWebhook(NoticeCause.Failure);
        var first = _bench.AddWebhook(NoticeCause.FirstFailure);
        var recovery = _bench.AddWebhook(NoticeCause.Recovery);
        var dataSet = _bench.AddDataSet();

        _bench.Run(dataSet, RunFailureKind.Source);
        _bench.Run(dataSet, RunFailureKind.Connector);
        _bench.Run(dataSet, state: RunState.Cancelled);
        _bench.Run(dataSet, RunFailureKind.Source);
        _bench.Run(dataSet);
        _bench.Run(dataSet);
        _bench.Run(dataSet, RunFailureKind.Details);
        await _bench.DeliverAsync();

        Assert.Equal(4, Count(every));
        Assert.Equal(2, Count(first));
        Assert.Equal(1, Count(recovery));
    }

    [Fact]
    public async Task A_run_before_many_cancelled_ones_still_counts()
    {
        var first = _bench.AddWebhook(NoticeCause.FirstFailure);
        var dataSet = _bench.AddDataSet();
        _bench.Run(dataSet, RunFailureKind.Source);
        for (var run = 0; run < 15; run++)
        {
            _bench.Run(dataSet, state: RunState.Cancelled);
        }

        _bench.Run(dataSet, RunFailureKind.Source);
        await _bench.DeliverAsync();

        Assert.Equal(1, Count(first));
    }

    [Fact]
    public async Task A_rule_for_one_DataSet_is_silent_about_others()
    {
        var account = _bench.AddAccount();
        var (mine, other) = (_bench.AddDataSet(account), _bench.AddDataSet(account));
        _bench.Add(_bench.Draft(NoticeChannel.Webhook) with { DataSetId = mine.Id });

        _bench.Run(other, RunFailureKind.Source);
        _bench.Run(other, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        Assert.Empty(_bench.Bodies);

        _bench.Run(mine, RunFailureKind.Credentials);
        await _bench.DeliverGroupsAsync();
        Assert.Equal([mine.Name], Assert.Single(_bench.Bodies).GetProperty("datasets").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Lateness_is_told_once_until_a_run_succeeds()
    {
        _bench.AddWebhook();
        var dataSet = _bench.AddDataSet();
        var notices = _bench.Platform.Part<RunNotices>();
        var running = _bench.Begin(dataSet);
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var since = _bench.Clock.GetUtcNow();
        Tell(dataSet.Id, since);
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Tell(dataSet.Id, since);
        Tell("a DataSet that is gone", since);
        _bench.End(running);
        await _bench.DeliverAsync();
        Tell(dataSet.Id, since);
        Tell(dataSet.Id, _bench.Clock.GetUtcNow());
        await _bench.DeliverAsync();

        Assert.Equal(["late", "recovery", "late"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));
        void Tell(string id, DateTimeOffset since) => notices.TellLate(id, since, _bench.Clock.GetUtcNow(), "Too old.");
    }

    [Fact]
    public async Task What_is_told_again_after_a_crash_is_not_sent_again()
    {
        _bench.AddWebhook();
        var account = _bench.AddAccount();
        var (plain, broken) = (_bench.AddDataSet(), _bench.AddDataSet(account));
        var runs = new List<(RunRecord Run, DataSetConfiguration DataSet)>
        {
            (_bench.Run(plain, RunFailureKind.Source), plain),
            (_bench.Run(broken, RunFailureKind.Credentials), broken),
            (_bench.Run(broken), broken),
        };
        await _bench.DeliverGroupsAsync();
        var sent = _bench.Bodies.Count;

        foreach (var (run, dataSet) in runs.Concat(runs))
        {
            _bench.Platform.Part<NoticeIntake>().Accept(RunNotices.EventOf(run, null, dataSet, dataSet == broken ? account : null)!);
        }

        await _bench.DeliverGroupsAsync();
        Assert.Equal(3, sent);
        Assert.Equal(sent, _bench.Bodies.Count);
    }

    [Fact]
    public async Task Runs_that_end_without_a_rule_leave_nothing_behind()
    {
        var dataSet = _bench.AddDataSet();
        _bench.Run(dataSet, RunFailureKind.Source);
        _bench.AddWebhook();
        await _bench.DeliverAsync();

        Assert.Empty(_bench.Log);
    }

    private int Count(NoticeRule rule) => _bench.Outbox.Newest(rule.Id, 100).Count;
}
