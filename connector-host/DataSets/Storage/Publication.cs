using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>What a commit did.</summary>
/// <param name="RowsWritten">Rows that it stored.</param>
/// <param name="RowsRemoved">Rows that it took away without a row of the same key in their place.</param>
/// <param name="ColumnChanges">How the run's columns differ from the DataSet's.</param>
internal sealed record CommitResult(long RowsWritten, long RowsRemoved, IReadOnlyList<ColumnChange> ColumnChanges)
{
    /// <summary>Of the written rows, those that took the place of a row with the same key.</summary>
    public long RowsChanged { get; init; }

    /// <summary>Records that could not be stored and went to the quarantine.</summary>
    public long RowsRejected { get; init; }

    /// <summary>What the analyst should know of it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How the run differs from those before it.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Why nothing was published, and the records wait for approval; null when they were published.</summary>
    public IReadOnlyList<string>? HeldBecause { get; init; }

    /// <summary>This commit and a further one.</summary>
    public CommitResult Plus(CommitResult other) => this with
    {
        RowsWritten = RowsWritten + other.RowsWritten,
        RowsRemoved = RowsRemoved + other.RowsRemoved,
        RowsChanged = RowsChanged + other.RowsChanged,
        ColumnChanges = [.. ColumnChanges, .. other.ColumnChanges],
        Warnings = [.. Warnings, .. other.Warnings],
    };
}

/// <summary>Publishes what a staging table holds, inside the writer's transaction, and keeps what it replaces for an undo.</summary>
/// <param name="connection">The writer's connection.</param>
/// <param name="incoming">The staging table, in place of which a table of rows may step.</param>
/// <param name="kept">Name for a table that keeps replaced rows.</param>
/// <param name="options">The run.</param>
/// <param name="before">The DataSet's columns.</param>
internal sealed class Publication(DuckDBConnection connection, string incoming, string kept, WriterOptions options, IReadOnlyList<StoredColumn> before)
{
    private string? _keptTable;
    private IReadOnlyList<StoredColumn>? _columns;
    private bool _replacedAll;

    /// <summary>Rows that the run has committed before.</summary>
    public required long RowsOfRun { get; init; }

    /// <summary>The DataSet's columns as they are now.</summary>
    public IReadOnlyList<StoredColumn> Columns => _columns ?? before;

    /// <summary>What an undo of this commit needs; null when the DataSet keeps nothing for undoing.</summary>
    public UndoRecord? Undo => options.Rules.UndoRuns > 0 ? new UndoRecord(_keptTable, _replacedAll, before) : null;

    /// <param name="arriving">The staging table's columns; none when there is no such table.</param>
    /// <param name="count">Its rows.</param>
    /// <exception cref="ConnectorException">The records do not fit the update method.</exception>
    public CommitResult Publish(IReadOnlyList<StoredColumn> arriving, long count) => options.UpdateMethod switch
    {
        UpdateMethod.Replace => Replace(arriving, count),
        _ when arriving.Count == 0 => new CommitResult(0, 0, []),
        UpdateMethod.Append => Add(arriving, count),
        UpdateMethod.Upsert => Upsert(arriving, count),
        UpdateMethod.Partition => SwapPartitions(arriving, count),
        _ => throw new InvalidOperationException($"No such update method: {options.UpdateMethod}."),
    };

    /// <summary>What is told of records that were dropped for the sake of later ones with their key.</summary>
    public static string[] WarningsOf(long dropped) => dropped == 0 ? [] : [$"{Counted.Of(dropped, "record")} had the key of a later one in this run; the later ones count."];

    private CommitResult Replace(IReadOnlyList<StoredColumn> arriving, long count)
    {
        _replacedAll = true;
        var removed = before.Count == 0 ? 0 : (long)connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows}")!;
        if (before.Count > 0)
        {
            SetAside();
        }

        if (arriving.Count == 0)
        {
            if (before.Count > 0)
            {
                connection.Run($"CREATE TABLE {DataSetFile.Rows} ({SqlTypes.Declare([.. StoredColumn.OfHost, .. before])})");
            }

            return new CommitResult(0, removed, []);
        }

        Rename(arriving);
        var changes = before.Count == 0 ? [] : ColumnMerge.Of(before, arriving).Changes;
        return new CommitResult(count, removed, changes);
    }

    private void SetAside()
    {
        if (options.Rules.UndoRuns == 0)
        {
            connection.Run($"DROP TABLE {DataSetFile.Rows}");
            return;
        }

        connection.Run($"ALTER TABLE {DataSetFile.Rows} RENAME TO {kept}");
        _keptTable = kept;
    }

    private CommitResult Add(IReadOnlyList<StoredColumn> arriving, long count)
    {
        if (before.Count == 0)
        {
            Rename(arriving);
            return new CommitResult(count, 0, []);
        }

        var (columns, changes) = Widen(arriving);
        Insert(arriving, columns);
        return new CommitResult(count, 0, changes);
    }

    private CommitResult Upsert(IReadOnlyList<StoredColumn> arriving, long count)
    {
        var keys = new KeyColumns(connection, incoming, arriving, options.Rules);
        var dropped = keys.Check();
        var warnings = WarningsOf(dropped);
        if (before.Count == 0)
        {
            Rename(arriving);
            return new CommitResult(count - dropped, 0, []) { Warnings = warnings };
        }

        var (columns, changes) = Widen(arriving);
        if (RowsOfRun > 0)
        {
            keys.CheckAgainstRun(options.RunId, columns);
        }

        var changed = TakeAway($"SEMI JOIN {incoming} i ON {keys.SameAs(columns)}");
        Insert(arriving, columns);
        return new CommitResult(count - dropped, 0, changes) { RowsChanged = changed, Warnings = warnings };
    }

    private CommitResult SwapPartitions(IReadOnlyList<StoredColumn> arriving, long count)
    {
        var partition = PartitionColumn.Of(options.Rules, arriving);
        if (before.Count == 0)
        {
            Rename(arriving);
            return new CommitResult(count, 0, []);
        }

        var (columns, changes) = Widen(arriving);
        var removed = TakeAway(partition.JoinOf(connection, incoming, columns));
        Insert(arriving, columns);
        return new CommitResult(count, removed, changes);
    }

    /// <summary>Takes the rows away that the join finds, and keeps those of earlier runs.</summary>
    /// <returns>How many were taken away.</returns>
    private long TakeAway(string join)
    {
        connection.Run($"CREATE TABLE {kept} AS SELECT r.rowid AS _row, r.* FROM {DataSetFile.Rows} r {join}");
        var count = connection.Run($"DELETE FROM {DataSetFile.Rows} WHERE rowid IN (SELECT _row FROM {kept})");

        // Rows that this run wrote itself go with it when it is undone; only Upsert commits before its end.
        var own = options.UpdateMethod == UpdateMethod.Upsert ? connection.Run($"DELETE FROM {kept} WHERE _run_id = ?", options.RunId) : 0;
        if (options.Rules.UndoRuns == 0 || count == own)
        {
            connection.Run($"DROP TABLE {kept}");
        }
        else
        {
            _keptTable = kept;
        }

        return count;
    }

    private (IReadOnlyList<StoredColumn> Columns, IReadOnlyList<ColumnChange> Changes) Widen(IReadOnlyList<StoredColumn> arriving)
    {
        var merge = ColumnMerge.Of(before, arriving);
        return (TableColumns.Apply(connection, DataSetFile.Rows, before, merge.Columns), merge.Changes);
    }

    private void Insert(IReadOnlyList<StoredColumn> arriving, IReadOnlyList<StoredColumn> columns)
    {
        TableColumns.Copy(connection, incoming, arriving, DataSetFile.Rows, columns);
        connection.Run($"DROP TABLE {incoming}");
        Describe(columns);
    }

    private void Rename(IReadOnlyList<StoredColumn> columns)
    {
        connection.Run($"ALTER TABLE {incoming} RENAME TO {DataSetFile.Rows}");
        Describe(columns);
    }

    // Most runs bring the columns of the last one, and a statement for each costs more than a small run's rows.
    private void Describe(IReadOnlyList<StoredColumn> columns)
    {
        if (!columns.SequenceEqual(before))
        {
            Ledger.SetColumns(connection, columns);
            _columns = columns;
        }
    }
}
