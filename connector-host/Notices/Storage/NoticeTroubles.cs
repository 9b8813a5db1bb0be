using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Notices.Storage;

/// <summary>
/// What is wrong for longer than one run, so that it is told once: a refused account with the DataSets that fail by it, or a late DataSet.
/// Every step may be repeated, also by another process.
/// </summary>
internal sealed class NoticeTroubles(MetadataDatabase database)
{
    public static string OfAccount(string accountId) => $"account:{accountId}";

    public static string OfLateness(string dataSetId) => $"late:{dataSetId}";

    /// <summary>The trouble that the DataSet is in now, which begins when there is none yet.</summary>
    /// <param name="subject">What is in trouble.</param>
    /// <param name="dataSetId">The DataSet that shows it.</param>
    /// <param name="occasion">The run, or other occasion, by which it shows.</param>
    /// <param name="at">When.</param>
    /// <returns>Null when the trouble ended while it was being told.</returns>
    public NoticeTrouble? Join(string subject, string dataSetId, string occasion, DateTimeOffset at)
    {
        // A DataSet that was deleted takes no trouble with it that others are in.
        database.Execute(
            """
            UPDATE notice_troubles SET ended_at = @at WHERE subject = @subject AND ended_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM notice_trouble_datasets WHERE trouble_id = notice_troubles.id)
            """,
            new { subject, at });
        database.Execute(
            """
            INSERT OR IGNORE INTO notice_troubles (id, subject, since)
            SELECT @id, @subject, @at WHERE NOT EXISTS (SELECT 1 FROM notice_trouble_datasets WHERE occasion = @occasion)
            """,
            new { id = Identifier.New(), subject, at, occasion });
        database.Execute(
            """
            INSERT INTO notice_trouble_datasets (trouble_id, dataset_id, occasion)
            SELECT id, @dataSetId, @occasion FROM notice_troubles
            WHERE subject = @subject AND ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM notice_trouble_datasets WHERE occasion = @occasion)
            ON CONFLICT (trouble_id, dataset_id) DO UPDATE SET occasion = excluded.occasion
            """,
            new { subject, dataSetId, occasion });
        return database.Find<NoticeTrouble>(
            """
            SELECT trouble.id, trouble.since FROM notice_troubles AS trouble
            JOIN notice_trouble_datasets AS member ON member.trouble_id = trouble.id
            WHERE trouble.subject = @subject AND member.dataset_id = @dataSetId AND member.occasion = @occasion
            """,
            new { subject, dataSetId, occasion });
    }

    /// <summary>Ends a trouble, if the DataSet that is well again was in it and its run began after it.</summary>
    /// <returns>The trouble that this run has ended, also when it is asked again.</returns>
    public NoticeTrouble? End(string subject, string dataSetId, string runId, DateTimeOffset startedAt, DateTimeOffset at) => !Has(subject) ? null : database.Find<NoticeTrouble>(
        """
        UPDATE notice_troubles SET ended_at = coalesce(ended_at, @at), ended_by = @runId
        WHERE subject = @subject AND (ended_by = @runId OR (ended_at IS NULL AND since <= @startedAt))
            AND EXISTS (SELECT 1 FROM notice_trouble_datasets WHERE trouble_id = notice_troubles.id AND dataset_id = @dataSetId)
        RETURNING id, since
        """,
        new { subject, dataSetId, runId, startedAt, at });

    // Nearly every run succeeds with nothing wrong, and should not wait for its turn to write.
    private bool Has(string subject) => database.Find<bool>("SELECT EXISTS (SELECT 1 FROM notice_troubles WHERE subject = @subject)", new { subject });
}

internal sealed record NoticeTrouble
{
    /// <summary>Also the grouping of the notices that tell of its beginning.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Since { get; init; }
}
