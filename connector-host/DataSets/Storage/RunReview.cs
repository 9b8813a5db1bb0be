using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Looks at a run's records before they are published, and puts them aside where a safeguard holds them.</summary>
internal sealed class RunReview(DuckDBConnection connection, WriterOptions options)
{
    /// <summary>How the records differ from what the runs before brought.</summary>
    /// <param name="arrival">The records of this commit.</param>
    /// <param name="before">The DataSet's columns.</param>
    /// <param name="rowsBefore">Rows that the run has committed before.</param>
    /// <param name="isFinal">Whether the run is complete, so that its rows can be counted.</param>
    public IReadOnlyList<Finding> Of(Arrival arrival, IReadOnlyList<StoredColumn> before, long rowsBefore, bool isFinal)
    {
        var safeguards = options.Rules.Safeguards;
        var changes = before.Count == 0 || arrival.Columns.Count == 0 ? [] : ColumnMerge.Of(before, arrival.Columns).Changes;
        var rows = isFinal && !options.IsAside
            ? SafeguardCheck.OfRows(
                safeguards,
                rowsBefore + arrival.Count,
                safeguards.MostOff is null ? [] : Ledger.RowsOfLastRuns(connection, options.RunId, SafeguardCheck.RunsCompared))
            : [];
        return [.. SafeguardCheck.OfColumns(safeguards, changes), .. rows];
    }

    /// <summary>Puts the records aside. What would fail when they are published fails now, while the person who can mend it looks.</summary>
    /// <exception cref="ConnectorException">The records do not fit the update method.</exception>
    public CommitResult Hold(Arrival arrival, JsonElement? checkpoint, IReadOnlyList<Finding> findings)
    {
        string[] warnings = [];
        if (arrival.Columns.Count > 0 && options.UpdateMethod == UpdateMethod.Upsert)
        {
            var dropped = new KeyColumns(connection, arrival.Table, arrival.Columns, options.Rules).Check();
            warnings = Publication.WarningsOf(dropped);
            arrival = arrival with { Count = arrival.Count - dropped };
        }
        else if (arrival.Columns.Count > 0 && options.UpdateMethod == UpdateMethod.Partition)
        {
            _ = PartitionColumn.Of(options.Rules, arrival.Columns);
        }

        string[] reasons = [.. findings.Where(finding => finding.Action == SafeguardAction.Hold).Select(finding => finding.Message)];
        HeldRun.Keep(connection, new HeldRun(options.RunId, options.Time.GetUtcNow(), arrival, checkpoint, reasons), $"_held_{options.Fence}");
        return new CommitResult(0, 0, []) { HeldBecause = reasons, Warnings = warnings };
    }
}
