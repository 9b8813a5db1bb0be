using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>What a commit did.</summary>
internal sealed record CommitResult(long RowsWritten, long RowsRemoved, IReadOnlyList<ColumnChange> ColumnChanges);

/// <summary>
/// Writes one run into a DataSet: batches gather in a staging table of an open transaction, and a commit publishes them together
/// with the column changes, the checkpoint and the ledger entry. Whatever ends the process leaves the last commit.
/// Not safe for use by several threads at once.
/// </summary>
internal sealed class DataSetWriter : IDisposable
{
    private readonly DataSetFile _file;
    private readonly DuckDBConnection _connection;
    private readonly WriterOptions _options;

    // Named by the fence, so that a run that was overtaken and hangs does not stand in its successor's way.
    private readonly string _incoming;
    private DuckDBTransaction? _transaction;
    private Staging? _staging;
    private JsonElement? _checkpoint;
    private long _rowBytes;
    private long _rows;

    /// <summary>Claims the DataSet for a run: from now on no run with a smaller fence can commit.</summary>
    /// <exception cref="PlatformException">A newer run has claimed it already, or the file cannot be written.</exception>
    public DataSetWriter(DataSetFile file, WriterOptions options)
    {
        _file = file;
        _options = options;
        _incoming = $"_incoming_{options.Fence}";
        _connection = file.Connect();
        try
        {
            if (file.Guarded(() => _connection.Run("UPDATE platform.fence SET value = ? WHERE value < ?", options.Fence, options.Fence)) != 1)
            {
                throw Superseded();
            }

            (_rowBytes, _rows) = file.Guarded(() => (Ledger.RowBytes(_connection), Ledger.CountRows(_connection)));
            State = options.UpdateMethod == UpdateMethod.Append ? file.Guarded(() => Ledger.State(_connection)) : null;
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The last committed checkpoint where the update method continues from it; null where it reads from the beginning.</summary>
    public JsonElement? State { get; }

    /// <summary>Whether a run may commit before it is complete.</summary>
    public bool CommitsAtCheckpoints => _options.UpdateMethod == UpdateMethod.Append;

    /// <summary>Rows that wait for the next commit.</summary>
    public long Pending => _staging?.Count ?? 0;

    public void Append(RecordBatch batch) => _file.Guarded(() =>
    {
        Begin();
        _staging ??= new Staging(_connection, _incoming, new RowOrigin(_options.RunId, _options.Time.GetUtcNow().UtcDateTime));
        _staging.Append(batch);
        _rowBytes = Math.Max(_rowBytes, _staging.RowBytes);
        _file.Reserve(_rowBytes, _rows + _staging.Count);
        _checkpoint = batch.Checkpoint ?? _checkpoint;
    });

    /// <summary>Publishes what was appended since the last commit.</summary>
    /// <param name="isFinal">Whether the run is complete. Replace commits only then.</param>
    /// <exception cref="PlatformException">A newer run has taken the DataSet over, or the file cannot be written. Nothing was changed.</exception>
    public CommitResult Commit(bool isFinal) => _file.Guarded(() =>
    {
        Begin();
        HoldFence();
        var result = Publish();
        Ledger.Record(
            _connection,
            new LedgerEntry(0, _options.RunId, _options.Fence, isFinal, _options.UpdateMethod, _options.Time.GetUtcNow(), result.RowsWritten, result.RowsRemoved, _checkpoint),
            result.ColumnChanges);
        Ledger.RaiseRowBytes(_connection, _rowBytes);
        _transaction!.Commit();
        _rows += result.RowsWritten - result.RowsRemoved;
        End();
        return result;
    });

    /// <summary>Drops what was not committed.</summary>
    public void Dispose()
    {
        _staging?.Dispose();
        _transaction?.Dispose();
        _connection.Dispose();
    }

    private void Begin() => _transaction ??= _connection.BeginTransaction();

    private void End()
    {
        _transaction!.Dispose();
        _transaction = null;
        _staging = null;
        _checkpoint = null;
    }

    // Written, not only read: a newer claim since this transaction began is then a conflict that the database reports.
    private void HoldFence()
    {
        if (_connection.Run("UPDATE platform.fence SET value = value WHERE value = ?", _options.Fence) != 1)
        {
            throw Superseded();
        }
    }

    private CommitResult Publish()
    {
        _staging?.Flush();
        var current = Ledger.Columns(_connection);
        var arriving = _staging?.Columns ?? [];
        var written = _staging?.Count ?? 0;
        return _options.UpdateMethod switch
        {
            UpdateMethod.Replace => Replace(current, arriving, written),
            UpdateMethod.Append => Add(current, arriving, written),
            _ => throw new InvalidOperationException($"No such update method: {_options.UpdateMethod}."),
        };
    }

    private CommitResult Replace(IReadOnlyList<StoredColumn> current, IReadOnlyList<StoredColumn> arriving, long written)
    {
        var removed = current.Count == 0 ? 0 : (long)_connection.Scalar($"SELECT count(*) FROM {DataSetFile.Rows}")!;
        if (arriving.Count == 0)
        {
            if (current.Count > 0)
            {
                _connection.Run($"DELETE FROM {DataSetFile.Rows}");
            }

            return new CommitResult(0, removed, []);
        }

        _connection.Run($"DROP TABLE IF EXISTS {DataSetFile.Rows}");
        Rename(arriving, current);
        var changes = current.Count == 0 ? [] : ColumnMerge.Of(current, arriving).Changes;
        return new CommitResult(written, removed, changes);
    }

    private CommitResult Add(IReadOnlyList<StoredColumn> current, IReadOnlyList<StoredColumn> arriving, long written)
    {
        if (arriving.Count == 0)
        {
            return new CommitResult(0, 0, []);
        }

        if (current.Count == 0)
        {
            Rename(arriving, current);
            return new CommitResult(written, 0, []);
        }

        var merge = ColumnMerge.Of(current, arriving);
        var columns = TableColumns.Apply(_connection, DataSetFile.Rows, current, merge.Columns);
        TableColumns.Copy(_connection, _incoming, arriving, DataSetFile.Rows, columns);
        _connection.Run($"DROP TABLE {_incoming}");
        Describe(columns, current);
        return new CommitResult(written, 0, merge.Changes);
    }

    private void Rename(IReadOnlyList<StoredColumn> columns, IReadOnlyList<StoredColumn> current)
    {
        _connection.Run($"ALTER TABLE {_incoming} RENAME TO {DataSetFile.Rows}");
        Describe(columns, current);
    }

    // Most runs bring the columns of the last one, and a statement for each costs more than a small run's rows.
    private void Describe(IReadOnlyList<StoredColumn> columns, IReadOnlyList<StoredColumn> current)
    {
        if (!columns.SequenceEqual(current))
        {
            Ledger.SetColumns(_connection, columns);
        }
    }

    private PlatformException Superseded() => new(
        PlatformFault.Busy, $"A newer run has taken over {_file.Path}; this run (fence {_options.Fence}) changes nothing any more.");
}

internal sealed record WriterOptions
{
    public required string RunId { get; init; }

    /// <summary>Greater than that of every earlier run of the DataSet.</summary>
    public required long Fence { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    public required TimeProvider Time { get; init; }
}
