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
    private LedgerHead? _head;
    private long? _rowsOfRun;
    private long _rowBytes;
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
            _head = file.Commits.Claim(options.Fence);
            CheckNothingWaits();
            State = Continues && !options.IsAside ? Head.State : null;
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
    public bool CommitsAtCheckpoints => Continues && !_options.IsAside && !_options.Rules.Safeguards.MayHold;

    /// <summary>Rows that wait for the next commit.</summary>
    public long Pending => _staging?.Count ?? 0;

    public void Append(RecordBatch batch) => _file.Guarded(() =>
    {
        Begin();
        _file.ReserveForColumns(Head.Columns.Count + batch.Columns.Count);
        _staging ??= new Staging(_connection, _incoming, new RowOrigin(_options.RunId, _options.Time.GetUtcNow().UtcDateTime));
        _staging.Append(batch);
        _rowBytes = Math.Max(Math.Max(_rowBytes, Head.RowBytes), _staging.RowBytes);
        _file.Reserve(_rowBytes, Head.Rows + _staging.Count);
        _checkpoint = batch.Checkpoint ?? _checkpoint;
    });

    /// <summary>Publishes what was appended since the last commit, or puts it aside where a safeguard holds the run.</summary>
    /// <param name="isFinal">Whether the run is complete. Replace and Partition commit only then.</param>
    /// <exception cref="ConnectorException">The records do not fit the update method. Nothing was changed.</exception>
    /// <exception cref="PlatformException">A newer run has taken the DataSet over, or the file cannot be written. Nothing was changed.</exception>
    public CommitResult Commit(bool isFinal) => _file.Guarded(() =>
    {
        Begin();
        _file.Commits.Check(_options.Fence);
        _staging?.Flush();
        ReserveForSearch(Pending);
        var before = Head.Columns;
        var arrival = new Arrival(_incoming, _staging?.Columns ?? [], Pending);
        (arrival, var rejected) = _options.Rules.MostQuarantined > 0 ? new RowQuarantine(_connection, _options).Sift(arrival, before) : (arrival, 0);
        var review = new RunReview(_connection, _options);
        var findings = review.Of(arrival, before, RowsOfRun, isFinal);
        CommitResult result;
        if (findings.Any(finding => finding.Action == SafeguardAction.Hold))
        {
            HoldFence();
            result = review.Hold(arrival, _checkpoint, findings);
            CommitTransaction(null);
        }
        else
        {
            (result, var next) = Publish(_options, Head, arrival, _checkpoint, isFinal);
            CommitTransaction(next);
        }

        return result with { RowsRejected = rejected, Findings = findings };
    });

    /// <summary>Publishes the records of the run that waits for approval.</summary>
    /// <param name="runId">The run, as it was seen before.</param>
    /// <exception cref="ConnectorException">Its records do not fit the update method any more. It goes on waiting.</exception>
    /// <exception cref="PlatformException">It does not wait any more. Nothing was changed.</exception>
    public CommitResult Approve(string runId) => _file.Guarded(() =>
    {
        var held = FindHeld(runId);
        ReserveForSearch(held.Arrival.Count);
        var (result, next) = Publish(_options, Head, held.Arrival, held.Checkpoint, isFinal: true);
        HeldRun.Release(_connection, held, withRecords: false);
        CommitTransaction(next with { Held = null });
        return result;
    });

    /// <summary>Drops the records of the run that waits for approval; rows and state stay as they are.</summary>
    /// <inheritdoc cref="Approve"/>
    public void Reject(string runId) => _file.Guarded(() =>
    {
        HeldRun.Release(_connection, FindHeld(runId), withRecords: true);
        RowQuarantine.Forget(_connection, runId);
        CommitTransaction(null);
    });

    /// <summary>Stores the quarantine's records that can be stored now.</summary>
    /// <exception cref="ConnectorException">The records do not fit the update method. Nothing was changed.</exception>
    public CommitResult Replay() => _file.Guarded(() =>
    {
        Begin();
        HoldFence();
        var (total, head) = (new CommitResult(0, 0, []), Head);
        var method = _options.UpdateMethod == UpdateMethod.Upsert ? UpdateMethod.Upsert : UpdateMethod.Append;
        var options = _options with { UpdateMethod = method, IsAside = true };
        var shapes = QuarantineReplay.Shapes(_connection);
        foreach (var (index, shape) in shapes.Index())
        {
            var arrival = new QuarantineReplay(_connection, $"{_incoming}_{index}", _options).Take(shape, head.Columns);
            ReserveForSearch(arrival.Count);
            (var result, head) = Publish(options, head, arrival, null, isFinal: index == shapes.Count - 1);
            total = total.Plus(result);
        }

        CommitTransaction(head with { Fence = _options.Fence });
        return total with { RowsRejected = RowQuarantine.Count(_connection) };
    });

    /// <summary>Forgets for ever what is in the quarantine.</summary>
    /// <returns>How many records.</returns>
    public long DiscardQuarantine() => _file.Guarded(() =>
    {
        Begin();
        HoldFence();
        var count = RowQuarantine.Discard(_connection);
        CommitTransaction(null);
        return count;
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
            new LedgerEntry(Head.Number + 1, _options.RunId, _options.Fence, true, _options.UpdateMethod, _options.Time.GetUtcNow(), result.RowsWritten, result.RowsRemoved, null) { Undoes = run.RunId },
            []);
        CommitTransaction(null);
        return result;
    });

    /// <summary>Drops what was not committed.</summary>
    public void Dispose()
    {
        _staging?.Dispose();
        _transaction?.Dispose();
        _connection.Dispose();
    }

    // What is not known yet stays true while it is read: only this run can commit.
    private LedgerHead Head => _head ??= _file.Guarded(() => LedgerHead.Read(_connection));

    private long RowsOfRun => _rowsOfRun ??= _options.IsFirstAttempt ? 0 : Ledger.RowsOf(_connection, _options.RunId);

    private bool Continues => _options.UpdateMethod is UpdateMethod.Append or UpdateMethod.Upsert;

    private void Begin() => _transaction ??= _connection.BeginTransaction();

    /// <param name="next">What the file holds then; null when it must be read.</param>
    private void CommitTransaction(LedgerHead? next)
    {
        if (_rowBytes > Head.RowBytes)
        {
            Ledger.RaiseRowBytes(_connection, _rowBytes);
            next = next is null ? null : next with { RowBytes = _rowBytes };
        }

        _file.Commits.Commit(_options.Fence, _transaction!, next);
        _head = next;
        _transaction!.Dispose();
        _transaction = null;
        _staging = null;
        _checkpoint = null;
        _file.ShortenLog();
    }

    private (CommitResult Result, LedgerHead Next) Publish(WriterOptions options, LedgerHead head, Arrival arrival, JsonElement? checkpoint, bool isFinal)
    {
        var publication = new Publication(_connection, arrival.Table, $"_kept_{options.Fence}_{++_commits}", options, head.Columns) { RowsOfRun = RowsOfRun };
        var result = publication.Publish(arrival.Columns, arrival.Count);
        var entry = new LedgerEntry(
            head.Number + 1, options.RunId, options.Fence, isFinal, options.UpdateMethod, options.Time.GetUtcNow(), result.RowsWritten, result.RowsRemoved, options.IsAside ? null : checkpoint)
        {
            RowsChanged = result.RowsChanged,
            Undo = publication.Undo,
            IsAside = options.IsAside,
        };
        Ledger.Record(_connection, entry, result.ColumnChanges);
        _rowsOfRun += result.RowsWritten;
        IReadOnlyList<UndoableCommit> undoable = entry.Undo is { } undo ? [.. head.Undoable, new UndoableCommit(entry.Number, entry.RunId, entry.IsAside, undo.Kept)] : head.Undoable;
        return (result, head.After(entry, publication.Columns, isFinal ? RunUndo.Prune(_connection, undoable, options.Rules.UndoRuns) : undoable));
    }

    private HeldRun FindHeld(string runId)
    {
        Begin();
        HoldFence();
        return Head.Held is { } held && held.RunId == runId
            ? held
            : throw new PlatformException(PlatformFault.Busy, $"The run {runId} does not wait for approval any more; nothing is changed.");
    }

    private void CheckNothingWaits()
    {
        if (Head.Held is { } held && held.RunId != _options.RunId)
        {
            throw new PlatformException(PlatformFault.Busy, $"The run {held.RunId} waits for approval: {string.Join(" ", held.Reasons)} Approve or reject it first.");
        }
    }

    private void ReserveForSearch(long rows)
    {
        if (_options.UpdateMethod is UpdateMethod.Upsert or UpdateMethod.Partition)
        {
            _file.ReserveForSearch(rows);
        }
    }

    // For a commit that may have no entry in the ledger.
    private void HoldFence()
    {
        _file.Commits.Check(_options.Fence);
        Ledger.SetFence(_connection, _options.Fence);
    }
}
