using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Notices;

/// <summary>Delivers what is in the outbox, and tries again what was not taken: after 30 s, then twice as long each time, up to an hour.</summary>
internal sealed partial class NoticeCourier(
    NoticeRuleStore rules,
    NoticeOutbox outbox,
    Func<NoticeRule, Notice, CancellationToken, Task<SendingResult>> send,
    NoticeOptions options,
    TimeProvider time,
    ILogger<NoticeCourier> log)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    /// <summary>Delivers the next notice that is due.</summary>
    /// <returns>False when none is.</returns>
    public async Task<bool> DeliverNextAsync(CancellationToken cancellationToken)
    {
        if (outbox.Take() is not { } notice)
        {
            return false;
        }

        // A rule that was removed meanwhile has taken its notices with it.
        if (rules.FindById(notice.RuleId) is { } rule)
        {
            Record(rule, notice, await send(rule, notice, cancellationToken).ConfigureAwait(false));
        }

        return true;
    }

    /// <summary>Sends a test notice now, once.</summary>
    public async Task<SendingResult> TestAsync(NoticeRule rule, CancellationToken cancellationToken)
    {
        var notice = NoticeText.Example(rule, NoticeCause.Test, time.GetUtcNow());
        var result = await send(rule, notice, cancellationToken).ConfigureAwait(false);

        // For the log alone: never due, so that no courier takes it.
        outbox.Put(notice.Id, notice with { DueAt = DateTimeOffset.MaxValue });
        outbox.Record(notice, result.IsDelivered ? NoticeState.Delivered : NoticeState.GivenUp, result.Answer, null);
        return result;
    }

    private void Record(NoticeRule rule, Notice notice, SendingResult result)
    {
        if (result.IsDelivered)
        {
            outbox.Record(notice, NoticeState.Delivered, result.Answer, null);
            return;
        }

        var next = time.GetUtcNow() + Delay(notice.Attempts, result.RetryAfter);
        var began = outbox.AttemptsOf(notice.Id) is [var first, ..] ? first.At : time.GetUtcNow();
        if (next > began + options.GiveUpAfter)
        {
            outbox.Record(notice, NoticeState.GivenUp, $"Given up after {notice.Attempts + 1} attempts. {result.Answer}", null);
            LogGivenUp(log, notice.Id, rule.Name, notice.Attempts + 1, result.Answer);
            return;
        }

        outbox.Record(notice, NoticeState.Waiting, result.Answer, next);
        LogRefused(log, notice.Id, rule.Name, NoticeTexts.Instant(next), result.Answer);
    }

    private static TimeSpan Delay(int attempts, TimeSpan? asked)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(attempts, 10));
        var wanted = asked > delay ? asked.Value : delay;
        return wanted < LongestDelay ? wanted : LongestDelay;
    }

    [LoggerMessage(LogLevel.Warning, "The notice {Id} of rule \"{Rule}\" was not delivered and is tried again at {Next}: {Answer}")]
    private static partial void LogRefused(ILogger log, string id, string rule, string next, string answer);

    [LoggerMessage(LogLevel.Error, "The notice {Id} of rule \"{Rule}\" is given up after {Attempts} attempts: {Answer}")]
    private static partial void LogGivenUp(ILogger log, string id, string rule, int attempts, string answer);
}
