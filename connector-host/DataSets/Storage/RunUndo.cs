using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>What an undo of one commit needs.</summary>
/// <param name="Kept">The table with the rows that the commit replaced; null when it replaced none.</param>
/// <param name="ReplacedAll">Whether that table is the whole content of before.</param>
/// <param name="Columns">The columns before the commit; none when it was the first.</param>
internal sealed record UndoRecord(string? Kept, bool ReplacedAll, IReadOnlyList<StoredColumn> Columns);

/// <summary>A commit for which something is kept.</summary>
/// <param name="Kept">The table with the rows that it replaced; null when it replaced none.</param>
internal sealed record UndoableCommit(long Number, string RunId, bool IsAside, string? Kept);

/// <summary>Takes the last run of a DataSet back, rows and state together, in one commit of its own.</summary>
internal static class RunUndo
{
    private const string Former = "_former";

    /// <summary>The run that an undo would take back, and how; null when no run is left.</summary>
    public static UndoableRun? Last(DuckDBConnection connection) =>
        Ledger.LastRun(connection) is { } runId ? new UndoableRun(runId, Ledger.EntriesOf(connection, runId)) : null;

    /// <summary>Undoes a run inside the caller's transaction.</summary>
    public static CommitResult Apply(DuckDBConnection connection, UndoableRun run, string undoId)
    {
        var before = run.Commits[0].Undo!;
        var result = before.ReplacedAll ? PutBack(connection, before) : TakeOut(connection, run, before.Columns);
        if (!Ledger.Columns(connection).SequenceEqual(before.Columns))
        {
            Ledger.SetColumns(connection, before.Columns);
        }

        RowQuarantine.Forget(connection, run.RunId);
        connection.Run("UPDATE platform.ledger SET undone_by = ?, undo = NULL WHERE run_id = ?", undoId, run.RunId);
        return result;
    }

    /// <summary>Lets go of what is kept for runs before the last few.</summary>
    /// <param name="connection">The writer's connection.</param>
    /// <param name="commits">For which something is kept.</param>
    /// <param name="runs">How many runs stay undoable.</param>
    /// <returns>The commits for which something is kept still.</returns>
    public static IReadOnlyList<UndoableCommit> Prune(DuckDBConnection connection, IReadOnlyList<UndoableCommit> commits, int runs)
    {
        var recent = commits.Select(commit => commit.RunId).Reverse().Distinct().Take(runs).ToHashSet(StringComparer.Ordinal);
        foreach (var commit in commits.Where(commit => !recent.Contains(commit.RunId)))
        {
            if (commit.Kept is { } table)
            {
                connection.Run($"DROP TABLE {table}");
            }

            connection.Run("UPDATE platform.ledger SET undo = NULL WHERE number = ?", commit.Number);
            if (commit.IsAside)
            {
                connection.Run("DELETE FROM platform.quarantine WHERE replayed_by = ?", commit.RunId);
            }
        }

        return [.. commits.Where(commit => recent.Contains(commit.RunId))];
    }

    private static CommitResult PutBack(DuckDBConnection connection, UndoRecord before)
    {
        var removed = Ledger.CountRows(connection);
        connection.Run($"DROP TABLE IF EXISTS {DataSetFile.Rows}");
        if (before.Kept is null)
        {
            return new CommitResult(0, removed, []);
        }

        connection.Run($"ALTER TABLE {before.Kept} RENAME TO {DataSetFile.Rows}");
        return new CommitResult((long)connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows}")!, removed, []);
    }

    private static CommitResult TakeOut(DuckDBConnection connection, UndoableRun run, IReadOnlyList<StoredColumn> former)
    {
        var now = Ledger.Columns(connection);
        var kept = run.Commits.Select(commit => commit.Undo!.Kept).OfType<string>().ToList();
        var removed = now.Count == 0 ? 0 : (long)connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows} WHERE _run_id = ?", run.RunId)!;
        if (former.Count == 0)
        {
            connection.Run($"DROP TABLE IF EXISTS {DataSetFile.Rows}");
            return new CommitResult(0, removed, []);
        }

        if (SqlTypes.Declare(now) == SqlTypes.Declare(former))
        {
            connection.Run($"DELETE FROM {DataSetFile.Rows} WHERE _run_id = ?", run.RunId);
        }
        else
        {
            // Built anew: the database lets no transaction delete rows and then change the columns.
            connection.Run($"CREATE TABLE {Former} ({SqlTypes.Declare([.. StoredColumn.OfHost, .. former])})");
            TableColumns.CopyBack(connection, $"{DataSetFile.Rows} WHERE _run_id <> {SqlTypes.Literal(run.RunId)}", Former, former);
            connection.Run($"DROP TABLE {DataSetFile.Rows}");
            connection.Run($"ALTER TABLE {Former} RENAME TO {DataSetFile.Rows}");
        }

        var written = 0L;
        foreach (var table in kept)
        {
            written += TableColumns.CopyBack(connection, table, DataSetFile.Rows, former);
            connection.Run($"DROP TABLE {table}");
        }

        return new CommitResult(written, removed, []);
    }
}

/// <summary>A run with all of its commits, in their order.</summary>
internal sealed record UndoableRun(string RunId, IReadOnlyList<LedgerEntry> Commits)
{
    /// <summary>Whether everything that an undo needs is still kept.</summary>
    public bool IsKept => Commits.All(commit => commit.Undo is not null);
}
