using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Notices.Storage;

/// <summary>
/// Notices on their way, and what became of them. A notice is here before anything is sent and stays until its delivery is recorded: a crash
/// loses none, and repeats at most those that were being sent, one for each rule.
/// </summary>
internal sealed class NoticeOutbox(MetadataDatabase database, DataFolder folder, TimeProvider time)
{
    /// <summary>Entries that a notice lists at most.</summary>
    public const int MostItems = 200;

    private const string Columns = "id, rule_id, cause, account, since, items, has_more, state, created_at, due_at, attempts, ended_at, answer";

    /// <summary>Longer than any attempt takes, so that a notice is not sent by two.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Adds a notice. When the rule has one of that grouping already, the item is added to it as long as nothing of it was sent; later items are dropped.
    /// </summary>
    public void Put(string grouping, Notice notice) => database.Execute(
        """
        INSERT INTO notice_outbox (id, rule_id, grouping, cause, account, since, items, state, created_at, due_at)
        VALUES (@Id, @RuleId, @grouping, @Cause, @Account, @Since, json_array(json(@Item)), 'Waiting', @CreatedAt, @DueAt)
        ON CONFLICT (rule_id, grouping) DO UPDATE SET
            items = CASE WHEN json_array_length(items) < @MostItems THEN json_insert(items, '$[#]', json(@Item)) ELSE items END,
            has_more = has_more OR json_array_length(items) >= @MostItems
        WHERE state = 'Waiting' AND attempts = 0 AND claimed_until IS NULL
            AND NOT EXISTS (SELECT 1 FROM json_each(items) AS item WHERE item.value ->> 'DataSetId' = @DataSetId)
        """,
        new
        {
            notice.Id,
            notice.RuleId,
            grouping,
            Cause = notice.Cause.ToString(),
            notice.Account,
            notice.Since,
            Item = JsonSerializer.Serialize(notice.Items[0]),
            notice.Items[0].DataSetId,
            notice.CreatedAt,
            notice.DueAt,
            MostItems,
        });

    /// <summary>Takes the next notice that is due, of a rule of which none is being sent; nobody else gets it meanwhile.</summary>
    public Notice? Take()
    {
        var now = time.GetUtcNow();
        return !database.Find<bool>("SELECT EXISTS (SELECT 1 FROM notice_outbox WHERE state = 'Waiting' AND due_at <= @now)", new { now })
            ? null
            : database.Find<Row>(
                $"""
                UPDATE notice_outbox SET claimed_by = @Instance, claimed_until = @until WHERE id = (
                    SELECT due.id FROM notice_outbox AS due
                    WHERE due.state = 'Waiting' AND due.due_at <= @now AND NOT EXISTS (
                        SELECT 1 FROM notice_outbox AS sent WHERE sent.rule_id = due.rule_id AND sent.state = 'Waiting' AND sent.claimed_until > @now)
                    ORDER BY due.due_at, due.created_at, due.id LIMIT 1)
                RETURNING {Columns}
                """,
                new { folder.Instance, now, until = now + Claim })?.ToNotice();
    }

    /// <summary>Gives back what processes that are gone were sending.</summary>
    public void ReleaseAbandoned()
    {
        foreach (var instance in database.Query<string>("SELECT DISTINCT claimed_by FROM notice_outbox WHERE state = 'Waiting' AND claimed_by IS NOT NULL"))
        {
            if (!folder.IsAlive(instance))
            {
                database.Execute("UPDATE notice_outbox SET claimed_by = NULL, claimed_until = NULL WHERE state = 'Waiting' AND claimed_by = @instance", new { instance });
            }
        }
    }

    /// <summary>Records how an attempt ended.</summary>
    /// <param name="notice">As it was taken.</param>
    /// <param name="state">What becomes of it.</param>
    /// <param name="answer">What the receiver said, without secrets.</param>
    /// <param name="next">When it is tried again, if it is.</param>
    public void Record(Notice notice, NoticeState state, string answer, DateTimeOffset? next)
    {
        var now = time.GetUtcNow();
        database.Execute(
            "INSERT OR REPLACE INTO notice_attempts (notice_id, attempt, at, delivered, answer) VALUES (@Id, @attempt, @now, @delivered, @answer)",
            new { notice.Id, attempt = notice.Attempts + 1, now, delivered = state == NoticeState.Delivered, answer });
        database.Execute(
            """
            UPDATE notice_outbox SET state = @state, attempts = @attempts, answer = @answer, due_at = coalesce(@next, due_at), ended_at = @endedAt,
                claimed_by = NULL, claimed_until = NULL
            WHERE id = @Id
            """,
            new
            {
                notice.Id,
                state = state.ToString(),
                attempts = notice.Attempts + 1,
                answer,
                next,
                endedAt = state == NoticeState.Waiting ? (DateTimeOffset?)null : now,
            });
        if (state == NoticeState.Delivered)
        {
            // The receiver is there again: what waited for it goes now, before it is old news.
            database.Execute(
                "UPDATE notice_outbox SET due_at = @now WHERE rule_id = @RuleId AND state = 'Waiting' AND attempts > 0 AND due_at > @now",
                new { notice.RuleId, now });
        }
    }

    /// <summary>The newest notices, of one rule or of all.</summary>
    public IReadOnlyList<Notice> Newest(string? ruleId, int limit) =>
    [
        .. database.Query<Row>(
            $"SELECT {Columns} FROM notice_outbox WHERE @ruleId IS NULL OR rule_id = @ruleId ORDER BY created_at DESC, id DESC LIMIT @limit",
            new { ruleId, limit }).Select(row => row.ToNotice()),
    ];

    /// <summary>Each attempt of a notice.</summary>
    public IReadOnlyList<NoticeAttempt> AttemptsOf(string noticeId) => database.Query<NoticeAttempt>(
        "SELECT at, delivered AS is_delivered, answer FROM notice_attempts WHERE notice_id = @noticeId ORDER BY attempt", new { noticeId });

    /// <summary>Forgets what ended before, but for notices of troubles that go on: these keep the next from being sent.</summary>
    public void Sweep(DateTimeOffset before) => database.Execute(
        """
        DELETE FROM notice_outbox WHERE ended_at < @before
            AND NOT EXISTS (SELECT 1 FROM notice_troubles AS trouble WHERE trouble.id = notice_outbox.grouping AND trouble.ended_at IS NULL);
        DELETE FROM notice_troubles WHERE ended_at < @before;
        """,
        new { before });

    private sealed record Row
    {
        public required string Id { get; init; }
        public required string RuleId { get; init; }
        public required string Cause { get; init; }
        public string? Account { get; init; }
        public DateTimeOffset? Since { get; init; }
        public required string Items { get; init; }
        public required long HasMore { get; init; }
        public required string State { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset DueAt { get; init; }
        public required long Attempts { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public string? Answer { get; init; }

        public Notice ToNotice() => new()
        {
            Id = Id,
            RuleId = RuleId,
            Cause = Enum.Parse<NoticeCause>(Cause),
            Account = Account,
            Since = Since,
            Items = JsonSerializer.Deserialize<NoticeItem[]>(Items)!,
            HasMore = HasMore != 0,
            State = Enum.Parse<NoticeState>(State),
            CreatedAt = CreatedAt,
            DueAt = DueAt,
            Attempts = (int)Attempts,
            EndedAt = EndedAt,
            Answer = Answer,
        };
    }
}

/// <summary>How one attempt to deliver a notice ended.</summary>
internal sealed record NoticeAttempt
{
    public required DateTimeOffset At { get; init; }

    public required bool IsDelivered { get; init; }

    /// <summary>What the receiver said, without secrets.</summary>
    public required string Answer { get; init; }
}
