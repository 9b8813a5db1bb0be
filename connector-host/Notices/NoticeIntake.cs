using ConnectorPlatform.Host.Notices.Storage;

namespace ConnectorPlatform.Host.Notices;

/// <summary>Decides which rules tell of what happened, and puts their notices into the outbox. What is told again, after a crash or by another process, changes nothing.</summary>
internal sealed class NoticeIntake(NoticeRuleStore rules, NoticeTroubles troubles, NoticeOutbox outbox, NoticeOptions options, TimeProvider time)
{
    private const int LongestMessage = 1_000;

    public void Accept(NoticeEvent happened)
    {
        switch (happened.Happening)
        {
            case Happening.RunFailed:
                Put(happened, NoticeCause.Failure, happened.Occasion, happened.IsTurn ? [NoticeCause.Failure, NoticeCause.FirstFailure] : [NoticeCause.Failure]);
                break;
            case Happening.AccountRefused:
                AcceptRefusal(happened);
                break;
            case Happening.RunSucceeded:
                AcceptSuccess(happened);
                break;
            case Happening.DataSetLate:
                AcceptLateness(happened);
                break;
            case Happening.RunHeld:
                Put(happened, NoticeCause.Hold, $"hold:{happened.Occasion}", [NoticeCause.Hold]);
                break;
        }
    }

    // A DataSet that fails by its account is one of those that the account's one notice lists, also for who asked for failures.
    private void AcceptRefusal(NoticeEvent happened)
    {
        var subject = NoticeTroubles.OfAccount(happened.Account!.Id);
        if (troubles.Join(subject, happened.DataSet.Id, happened.Occasion, happened.At) is { } trouble)
        {
            Put(
                happened,
                NoticeCause.Account,
                trouble.Id,
                [NoticeCause.Account, NoticeCause.Failure, NoticeCause.FirstFailure],
                trouble.Since,
                options.GroupWithin);
        }
    }

    private void AcceptSuccess(NoticeEvent happened)
    {
        // A run that began before the account was refused does not show that it is accepted again; one that began before the DataSet was late makes it fresh.
        var account = happened.Account is null
            ? null
            : troubles.End(NoticeTroubles.OfAccount(happened.Account.Id), happened.DataSet.Id, happened.Occasion, happened.StartedAt ?? happened.At, happened.At);
        var lateness = troubles.End(NoticeTroubles.OfLateness(happened.DataSet.Id), happened.DataSet.Id, happened.Occasion, happened.At, happened.At);
        if (account is not null)
        {
            // Waits as the notice of the trouble does, which it must not overtake.
            Put(happened, NoticeCause.Recovery, $"recovery:{account.Id}", [NoticeCause.Recovery], account.Since, options.GroupWithin);
        }
        else if (happened.IsTurn || lateness is not null)
        {
            Put(happened with { Account = null }, NoticeCause.Recovery, $"recovery:{happened.Occasion}", [NoticeCause.Recovery], lateness?.Since);
        }
    }

    private void AcceptLateness(NoticeEvent happened)
    {
        if (troubles.Join(NoticeTroubles.OfLateness(happened.DataSet.Id), happened.DataSet.Id, happened.Occasion, happened.Since ?? happened.At) is { } trouble)
        {
            Put(happened, NoticeCause.Late, trouble.Id, [NoticeCause.Late], trouble.Since);
        }
    }

    private void Put(
        NoticeEvent happened, NoticeCause cause, string grouping, NoticeCause[] wanted, DateTimeOffset? since = null, TimeSpan wait = default)
    {
        foreach (var rule in rules.List().Where(rule => rule.Wants(happened.DataSet.Id, wanted)))
        {
            outbox.Put(grouping, new Notice
            {
                Id = Identifier.New(),
                RuleId = rule.Id,
                Cause = cause,
                Account = IsAboutAccount(happened, cause) ? happened.Account!.Name : null,
                Since = since,
                Items = [ItemOf(happened)],
                CreatedAt = happened.At,
                DueAt = time.GetUtcNow() + wait,
            });
        }
    }

    private static bool IsAboutAccount(NoticeEvent happened, NoticeCause cause) =>
        happened.Account is not null && cause is (NoticeCause.Account or NoticeCause.Recovery);

    private static NoticeItem ItemOf(NoticeEvent happened) => new()
    {
        DataSetId = happened.DataSet.Id,
        Name = happened.DataSet.Name,
        Connector = happened.DataSet.Connector,
        Message = happened.Message.Shortened(LongestMessage),
        WhoActs = happened.WhoActs,
        RunId = happened.StartedAt is null ? null : happened.Occasion,
        At = happened.At,
    };
}
