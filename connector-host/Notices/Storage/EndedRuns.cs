using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Notices.Storage;

/// <summary>Runs that ended and have not been looked at for notices. They get here in the transaction that ends the run, while there are rules.</summary>
internal sealed class EndedRuns(MetadataDatabase database)
{
    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<EndedRun> List() => database.Query<EndedRun>("SELECT run_id, state, dataset_id FROM notice_ended_runs ORDER BY rowid LIMIT 1000");

    /// <summary>Takes off the list what has been looked at; a run that changed its state meanwhile stays on it.</summary>
    public void Remove(IReadOnlyList<EndedRun> done) => database.Execute(
        "DELETE FROM notice_ended_runs WHERE (run_id, state) IN (SELECT value ->> 'RunId', value ->> 'State' FROM json_each(@done))",
        new { done = JsonSerializer.Serialize(done) });
}

internal sealed record EndedRun
{
    public required string RunId { get; init; }

    public required string State { get; init; }

    public required string DatasetId { get; init; }
}
