using System.Text.Json;
using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Finds and removes old run records. What is looked for is read without a lock; only the removal of a batch takes one.</summary>
internal sealed class RunHistory(MetadataDatabase database)
{
    /// <summary>The DataSets that have runs which ended before an instant.</summary>
    public IReadOnlyList<string> DataSetsWithRunsBefore(DateTimeOffset instant) =>
        database.Query<string>("SELECT DISTINCT dataset_id FROM runs WHERE ended_at < @instant", new { instant });

    /// <summary>
    /// The runs of a DataSet that may go. The last ones stay, and so does what an undo may still ask for; a DataSet whose rows are
    /// kept by old runs alone must be known to have had rows, or the loss of its file would not be noticed.
    /// </summary>
    public IReadOnlyList<string> Old(string dataSetId, DateTimeOffset instant, int keepLast) => database.Query<string>(
        """
        SELECT id FROM runs
        WHERE dataset_id = @dataSetId AND ended_at < @instant AND state NOT IN ('Queued', 'Running', 'Held')
            AND fence < (SELECT fence FROM runs WHERE dataset_id = @dataSetId ORDER BY fence DESC LIMIT 1 OFFSET @keepLast - 1)
            AND id NOT IN (
                SELECT id FROM runs
                WHERE dataset_id = @dataSetId AND trigger_kind <> 'Undo' AND undone_by IS NULL
                    AND (state IN ('Succeeded', 'SucceededWithWarnings') OR rows_written > 0 OR rows_removed > 0)
                ORDER BY fence DESC LIMIT (SELECT max(1, coalesce(rules ->> 'undoRuns', 10)) FROM datasets WHERE id = @dataSetId))
            AND id NOT IN (SELECT id FROM runs WHERE dataset_id = @dataSetId AND rows_written > 0 ORDER BY fence DESC LIMIT 1)
        ORDER BY fence
        """,
        new { dataSetId, instant, keepLast });

    public void Remove(IReadOnlyCollection<string> ids) =>
        database.Execute("DELETE FROM runs WHERE id IN (SELECT value FROM json_each(@ids))", new { ids = JsonSerializer.Serialize(ids) });

    /// <summary>Those of the ids that no run has.</summary>
    public IReadOnlyList<string> Unknown(IReadOnlyCollection<string> ids) => database.Query<string>(
        "SELECT value FROM json_each(@ids) WHERE value NOT IN (SELECT id FROM runs)", new { ids = JsonSerializer.Serialize(ids) });
}
