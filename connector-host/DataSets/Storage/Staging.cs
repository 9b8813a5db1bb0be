using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage;

/// <summary>Where and when rows came from: the values of the host's columns.</summary>
/// <param name="LoadedAt">UTC.</param>
internal sealed record RowOrigin(string RunId, DateTime LoadedAt);

/// <summary>
/// A table that takes a run's batches inside the writer's transaction, whatever columns they bring: new ones are added, types
/// widen, and a batch that is narrower than the table goes through a table of its own.
/// </summary>
internal sealed class Staging(DuckDBConnection connection, string table, RowOrigin origin) : IDisposable
{
    private readonly ColumnBuffer[] _host = [ColumnBuffer.Constant(origin.RunId), ColumnBuffer.Constant(origin.LoadedAt)];
    private ChunkAppender? _appender;
    private RecordBatch? _last;
    private ColumnBuffer[] _buffers = [];

    public string Table { get; } = table;

    public IReadOnlyList<StoredColumn> Columns { get; private set; } = [];

    public long Count { get; private set; }

    /// <summary>Bytes of a row in the widest batch so far, roughly.</summary>
    public long RowBytes { get; private set; }

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
            _appender ??= Open(Table, Columns);
            _appender.Append([.. _host, .. _buffers], batch.Count);
        }
        else
        {
            Detour(incoming, batch.Count);
        }

        Count += batch.Count;
        RowBytes = Math.Max(RowBytes, _buffers.Sum(buffer => buffer.Bytes) / Math.Max(batch.Count, 1));
    }

    /// <summary>Hands what is buffered to the database; the table is then complete for SQL.</summary>
    public void Flush() => CloseAppender();

    /// <summary>Drops what is buffered: the transaction that it belonged to is given up.</summary>
    public void Dispose()
    {
        _appender?.Clear();
        _appender?.Dispose();
        _appender = null;
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
            Create(Table, incoming);
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

    private void Detour(StoredColumn[] incoming, int count)
    {
        CloseAppender();
        var detour = $"{Table}_detour";
        Create(detour, incoming);
        using (var appender = Open(detour, incoming))
        {
            appender.Append([.. _host, .. _buffers], count);
            appender.Flush();
        }

        TableColumns.Copy(connection, detour, incoming, Table, Columns);
        connection.Run($"DROP TABLE {detour}");
    }

    // The host's columns come first: whatever is added later comes behind them and moves none.
    private void Create(string name, StoredColumn[] columns) =>
        connection.Run($"CREATE TABLE {name} ({SqlTypes.Declare([.. StoredColumn.OfHost, .. columns])})");

    private ChunkAppender Open(string name, IReadOnlyList<StoredColumn> columns) => new(connection, name, [.. StoredColumn.OfHost, .. columns]);

    private void CloseAppender()
    {
        _appender?.Flush();
        _appender?.Dispose();
        _appender = null;
    }
}
