using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>
/// A table that takes a run's batches inside the writer's transaction, whatever columns they bring: new ones are added, types
/// widen, and a batch that is narrower than the table goes through a table of its own.
/// </summary>
internal sealed class Staging(DuckDBConnection connection, string table) : IDisposable
{
    private DuckDBAppender? _appender;
    private RecordBatch? _last;
    private ColumnBuffer[] _buffers = [];

    public string Table { get; } = table;

    public IReadOnlyList<StoredColumn> Columns { get; private set; } = [];

    public long Count { get; private set; }

    public void Append(RecordBatch batch)
    {
        if (_last is null || !ReferenceEquals(batch.Columns, _last.Columns))
        {
            _buffers = [.. batch.Columns.Select(column => ColumnBuffer.For(column.Type))];
            CloseAppender();
        }

        _last = batch;
        foreach (var (ordinal, buffer) in _buffers.Index())
        {
            buffer.Load(batch, ordinal);
        }

        var incoming = Describe(batch);
        if (_appender is null || incoming.Zip(Columns).Any(pair => pair.First.Scale > pair.Second.Scale))
        {
            Fit(incoming);
        }

        if (Matches(incoming))
        {
            _appender ??= connection.CreateAppender(Table);
            AppendRows(_appender, batch.Count);
        }
        else
        {
            Detour(incoming, batch.Count);
        }

        Count += batch.Count;
    }

    /// <summary>Hands what is buffered to the database; the table is then complete for SQL.</summary>
    public void Flush() => CloseAppender();

    /// <summary>Drops what is buffered: the transaction that it belonged to is given up.</summary>
    public void Dispose()
    {
        _appender?.Clear();
        CloseAppender();
    }

    private StoredColumn[] Describe(RecordBatch batch) =>
    [
        .. batch.Columns.Select((column, ordinal) =>
            new StoredColumn(column.Name, column.Type, _buffers[ordinal].Scale, column.IsKey, column.Description)),
    ];

    private void Fit(StoredColumn[] incoming)
    {
        CloseAppender();
        if (Columns.Count == 0)
        {
            connection.Run($"CREATE TABLE {Table} ({SqlTypes.Declare(incoming)})");
            Columns = incoming;
            return;
        }

        Columns = TableColumns.Apply(connection, Table, Columns, ColumnMerge.Of(Columns, incoming).Columns);
    }

    private bool Matches(StoredColumn[] incoming) =>
        incoming.Length == Columns.Count
        && incoming.Zip(Columns).All(pair =>
            pair.First.Type == pair.Second.Type
            && string.Equals(pair.First.Name, pair.Second.Name, StringComparison.OrdinalIgnoreCase));

    private void AppendRows(DuckDBAppender appender, int count)
    {
        try
        {
            for (var index = 0; index < count; index++)
            {
                var row = appender.CreateRow();
                foreach (var buffer in _buffers)
                {
                    buffer.Append(row, index);
                }

                row.EndRow();
            }
        }
        catch (OverflowException exception)
        {
            throw new ConnectorException(
                FailureKind.Connector,
                $"A Decimal column has values with more than {SqlTypes.DecimalDigits} digits before and after the point together ({exception.Message}). The connector should deliver such a column as String.",
                exception);
        }
    }

    private void Detour(StoredColumn[] incoming, int count)
    {
        CloseAppender();
        var detour = $"{Table}_detour";
        connection.Run($"CREATE TABLE {detour} ({SqlTypes.Declare(incoming)})");
        using (var appender = connection.CreateAppender(detour))
        {
            AppendRows(appender, count);
        }

        TableColumns.Copy(connection, detour, incoming, Table, Columns);
        connection.Run($"DROP TABLE {detour}");
    }

    private void CloseAppender()
    {
        _appender?.Dispose();
        _appender = null;
    }
}
