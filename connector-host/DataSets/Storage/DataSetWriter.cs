using System.Text.Json;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

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
    private int _commits;

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
            State = CommitsAtCheckpoints ? file.Guarded(() => Ledger.State(_connection)) : null;
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
    public bool CommitsAtCheckpoints => !_options.KeepsState && _options.UpdateMethod is UpdateMethod.Append or UpdateMethod.Upsert;

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
    /// <param name="isFinal">Whether the run is complete. Replace and Partition commit only then.</param>
    /// <exception cref="ConnectorException">The records do not fit the update method. Nothing was changed.</exception>
    /// <exception cref="PlatformException">A newer run has taken the DataSet over, or the file cannot be written. Nothing was changed.</exception>
    public CommitResult Commit(bool isFinal) => _file.Guarded(() =>
    {
        Begin();
        HoldFence();
        _staging?.Flush();
        if (_options.UpdateMethod is UpdateMethod.Upsert or UpdateMethod.Partition)
        {
            _file.ReserveForSearch(Pending);
        }

        var publication = new Publication(_connection, _incoming, $"_kept_{_options.Fence}_{++_commits}", _options);
        var result = publication.Publish(_staging?.Columns ?? [], _staging?.Count ?? 0);
        Ledger.Record(
            _connection,
            new LedgerEntry(0, _options.RunId, _options.Fence, isFinal, _options.UpdateMethod, _options.Time.GetUtcNow(), result.RowsWritten, result.RowsRemoved, _options.KeepsState ? null : _checkpoint)
            {
                RowsChanged = result.RowsChanged,
                Undo = publication.Undo,
            },
            result.ColumnChanges);
        if (isFinal)
        {
            RunUndo.Prune(_connection, _options.Rules.UndoRuns);
        }

        Ledger.RaiseRowBytes(_connection, _rowBytes);
        _transaction!.Commit();
        _rows += result.RowsWritten - result.RowsChanged - result.RowsRemoved;
        End();
        return result;
    });

    /// <summary>Takes a run back, rows and state together, in one commit.</summary>
    /// <param name="run">The last run, as it was seen before.</param>
    /// <exception cref="PlatformException">Another run has come after it, or it is no longer kept. Nothing was changed.</exception>
    public CommitResult Undo(UndoableRun run) => _file.Guarded(() =>
    {
        Begin();
        HoldFence();
        var last = RunUndo.Last(_connection);
        if (last?.RunId != run.RunId || last is not { IsKept: true })
        {
            throw new PlatformException(PlatformFault.Busy, $"The run {run.RunId} is not the last one any more, or no longer kept; nothing is undone.");
        }

        _file.ReserveForSearch(last.Commits.Sum(commit => commit.RowsWritten));
        var result = RunUndo.Apply(_connection, last, _options.RunId);
        Ledger.Record(
            _connection,
            new LedgerEntry(0, _options.RunId, _options.Fence, true, _options.UpdateMethod, _options.Time.GetUtcNow(), result.RowsWritten, result.RowsRemoved, null) { Undoes = run.RunId },
            []);
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

    private PlatformException Superseded() => new(
        PlatformFault.Busy, $"A newer run has taken over {_file.Path}; this run (fence {_options.Fence}) changes nothing any more.");
}

internal sealed record WriterOptions
{
    public required string RunId { get; init; }

    /// <summary>Greater than that of every earlier run of the DataSet.</summary>
    public required long Fence { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    public DataSetRules Rules { get; init; } = new();

    /// <summary>Whether the run neither continues from the DataSet's state nor moves it; it then commits once, at its end.</summary>
    public bool KeepsState { get; init; }

    public required TimeProvider Time { get; init; }
}
