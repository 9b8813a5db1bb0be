using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Notices.Storage;

/// <summary>Runs that ended and have not been looked at for notices. They get here in the transaction that ends the run, while there are rules.</summary>
internal sealed class EndedRuns(MetadataDatabase database)
{
    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<EndedRun> List() => database.Query<EndedRun>("SELECT run_id, dataset_id FROM notice_ended_runs ORDER BY rowid LIMIT 1000");

    public void Remove(EndedRun run) => database.Execute("DELETE FROM notice_ended_runs WHERE run_id = @RunId", new { run.RunId });
}

internal sealed record EndedRun
{
    public required string RunId { get; init; }

    public required string DatasetId { get; init; }
}
