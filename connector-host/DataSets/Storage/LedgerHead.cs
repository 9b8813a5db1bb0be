using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>What the next commit must know of those before it, as the file holds it after the last one.</summary>
internal sealed record LedgerHead
{
    /// <summary>The last commit's; 0 before the first one.</summary>
    public required long Number { get; init; }

    /// <summary>The fence of the run that committed last; 0 before the first one.</summary>
    public required long Fence { get; init; }

    /// <summary>The DataSet's columns; none before the first commit that brings some.</summary>
    public required IReadOnlyList<StoredColumn> Columns { get; init; }

    public required long Rows { get; init; }

    /// <summary>The widest rows that have been committed, in bytes a row.</summary>
    public required long RowBytes { get; init; }

    /// <summary>The last committed checkpoint; null when no commit brought one.</summary>
    public required JsonElement? State { get; init; }

    /// <summary>The run that waits for approval; null when none does.</summary>
    public required HeldRun? Held { get; init; }

    /// <summary>The commits for which something is kept for an undo, in their order.</summary>
    public required IReadOnlyList<UndoableCommit> Undoable { get; init; }

    public static LedgerHead Read(DuckDBConnection connection)
    {
        var (number, fence, rowBytes) = Ledger.Last(connection);
        return new LedgerHead
        {
            Number = number,
            Fence = fence,
            Columns = Ledger.Columns(connection),
            Rows = Ledger.CountRows(connection),
            RowBytes = rowBytes,
            State = Ledger.State(connection),
            Held = HeldRun.Find(connection),
            Undoable = Ledger.Undoable(connection),
        };
    }

    /// <summary>The head after a further commit, which is recorded as the entry says.</summary>
    /// <param name="entry">The commit.</param>
    /// <param name="columns">The DataSet's columns after it.</param>
    /// <param name="undoable">What is kept after it.</param>
    public LedgerHead After(LedgerEntry entry, IReadOnlyList<StoredColumn> columns, IReadOnlyList<UndoableCommit> undoable) => this with
    {
        Number = entry.Number,
        Fence = entry.Fence,
        Columns = columns,
        Rows = Rows + entry.RowsWritten - entry.RowsChanged - entry.RowsRemoved,
        State = entry.Checkpoint ?? State,
        Undoable = undoable,
    };
}
