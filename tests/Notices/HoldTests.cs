using ConnectorPlatform.Host.Notices;
using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Tests.Notices;

/// <summary>Runs that a safeguard holds, by mail and by webhook.</summary>
public sealed class HoldTests : IAsyncLifetime
{
    private const string Why = "The column \"price\" has vanished.";

    private readonly NoticeBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_held_run_is_told_once_on_each_channel_however_often_it_is_seen_and_the_next_one_is_told_again()
    {
        _bench.Add(_bench.Draft(NoticeChannel.Email, NoticeCause.Hold));
        _bench.AddWebhook(NoticeCause.Hold);
        var dataSet = _bench.AddDataSet();
        foreach (var run in new[] { "first", "first", "second", "first" })
        {
            _bench.Platform.TellHeld(dataSet, run, _bench.Clock.GetUtcNow(), Why);
            await _bench.DeliverAsync();
            _bench.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(2, _bench.Mail.Mails.Count);
        Assert.Equal(["hold", "hold"], _bench.Bodies.Select(body => body.GetProperty("event").GetString()));
        Assert.All(_bench.Mail.Mails, mail => Assert.Contains("must approve or reject the run", mail.Message.TextBody, StringComparison.Ordinal));
        Assert.Equal([Why, Why], _bench.Bodies.Select(body => body.GetProperty("datasets")[0].GetProperty("message").GetString()));
        Assert.Equal(["first", "second"], _bench.Log.Where(notice => notice.RuleId == _bench.Log[0].RuleId).Select(notice => notice.Items[0].RunId).Reverse());
    }

    [Fact]
    public async Task Only_who_asked_for_holds_of_that_DataSet_is_told()
    {
        var (mine, other) = (_bench.AddDataSet(), _bench.AddDataSet());
        var asked = _bench.Add(_bench.Draft(NoticeChannel.Webhook, NoticeCause.Hold) with { DataSetId = mine.Id });
        _bench.Add(_bench.Draft(NoticeChannel.Email, NoticeCause.Failure, NoticeCause.FirstFailure, NoticeCause.Recovery, NoticeCause.Late, NoticeCause.Account));
        foreach (var dataSet in new[] { mine, other })
        {
            _bench.Platform.TellHeld(dataSet, $"run of {dataSet.Name}", _bench.Clock.GetUtcNow(), Why);
        }

        await _bench.DeliverAsync();

        Assert.Empty(_bench.Mail.Mails);
        var notice = Assert.Single(_bench.Log);
        Assert.Equal((asked.Id, mine.Name), (notice.RuleId, notice.Items[0].Name));
    }

    [Theory]
    [InlineData("Email")]
    [InlineData("Webhook")]
    public async Task A_hold_that_is_not_taken_is_tried_again_and_every_attempt_is_kept(string channel)
    {
        _bench.Add(_bench.Draft(Enum.Parse<NoticeChannel>(channel), NoticeCause.Hold));
        _bench.Answer(503);
        _bench.Mail.Instead = line => line.StartsWith("DATA", StringComparison.Ordinal) ? "451 try later" : null;
        _bench.Platform.TellHeld(_bench.AddDataSet(), "the-run", _bench.Clock.GetUtcNow(), Why);
        await _bench.DeliverAsync();
        Assert.Equal((NoticeState.Waiting, 1), (_bench.Log.Single().State, _bench.Log.Single().Attempts));

        _bench.Answer(200);
        _bench.Mail.Instead = _ => null;
        _bench.Clock.Advance(TimeSpan.FromSeconds(30));
        await _bench.DeliverAsync();

        Assert.Equal((NoticeState.Delivered, 2), (_bench.Log.Single().State, _bench.Log.Single().Attempts));
        Assert.Equal(2, _bench.Platform.Part<NoticeOutbox>().AttemptsOf(_bench.Log.Single().Id).Count);
    }
}
