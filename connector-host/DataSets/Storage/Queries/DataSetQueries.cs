using ConnectorPlatform.Host.DataSets.Queries;
using ConnectorPlatform.Host.Metadata;
using DuckDB.NET.Data;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// What people and programs ask of a DataSet's rows. Reading goes on beside runs, within the limits of <see cref="QueryOptions"/>, and changes nothing.
/// </summary>
internal sealed class DataSetQueries : IDisposable
{
    /// <summary>A query to begin with.</summary>
    public const string Example = $"SELECT *\nFROM {DataSetFile.Rows}\nLIMIT 100";

    private readonly DataSetFiles _files;
    private readonly QueryOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _places;

    // Of their own: a few long queries or downloads must not keep pages from being shown.
    private readonly SemaphoreSlim _sqlPlaces;
    private readonly SemaphoreSlim _exportPlaces;
    private readonly string _exports;

    public DataSetQueries(DataSetFiles files, QueryOptions options, DataFolder folder, TimeProvider time)
    {
        (_files, _options, _time) = (files, options, time);
        _places = new SemaphoreSlim(options.MostAtOnce);
        _sqlPlaces = new SemaphoreSlim(options.MostAtOnce);
        _exportPlaces = new SemaphoreSlim(options.MostAtOnce);
        _exports = Path.Combine(folder.Exports, folder.Instance);
        foreach (var left in Directory.EnumerateDirectories(folder.Exports).Where(path => !folder.IsAlive(Path.GetFileName(path))))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>Rows by filters, in an order.</summary>
    /// <exception cref="PlatformException">A column is none of the DataSet's, a value does not fit its column, or it took too long.</exception>
    public Task<RowMatches> RowsAsync(string dataSetId, RowQuery query, CancellationToken cancellationToken) =>
        ReadAsync(dataSetId, _places, _options.Within, connection => RowMatching.Page(connection, query), cancellationToken);

    /// <summary>What a column holds in the rows that pass the filters.</summary>
    /// <inheritdoc cref="RowsAsync"/>
    public Task<ColumnStatistics> StatisticsAsync(string dataSetId, string column, IReadOnlyList<RowFilter> filters, CancellationToken cancellationToken) =>
        ReadAsync(dataSetId, _places, _options.Within, connection => RowMatching.Statistics(connection, column, filters), cancellationToken);

    /// <summary>What a chart is drawn from; null before the DataSet has columns.</summary>
    /// <exception cref="PlatformException">A column is none of the DataSet's or does not fit the kind of chart, or it took too long.</exception>
    public Task<ChartSeries?> ChartAsync(string dataSetId, ChartWish wish, CancellationToken cancellationToken) =>
        ReadAsync(dataSetId, _places, _options.Within, connection => ChartReading.Read(connection, wish), cancellationToken);

    /// <summary>Answers a query over the table <c>rows</c>.</summary>
    /// <exception cref="PlatformException">The query may not run, cannot be answered, or took too long or too much memory.</exception>
    public Task<SqlAnswer> SqlAsync(string dataSetId, string sql, CancellationToken cancellationToken) =>
        AskAsync(dataSetId, _sqlPlaces, _options.Within, sql, null, (_, reply) => reply.ToAnswer(), cancellationToken);

    /// <summary>Writes the rows that pass filters to a file, which the caller opens or disposes of.</summary>
    /// <exception cref="PlatformException">The DataSet has no columns yet, the format cannot hold so many rows, or it took too long.</exception>
    public Task<ExportFile> ExportAsync(string dataSetId, RowQuery query, ExportFormat format, CancellationToken cancellationToken) => ExportAsync(
        dataSetId,
        format,
        connection =>
        {
            var columns = RowMatching.AllColumns(connection);
            var selection = RowSelection.Of(query, columns);
            return (RowExport.Of(columns, $"{selection.Where} {selection.Order}"), selection.Parameters);
        },
        cancellationToken);

    /// <summary>Writes the whole answer to a query to a file, which the caller opens or disposes of.</summary>
    /// <exception cref="PlatformException">The query may not run or cannot be answered, the format cannot hold so many rows, or it took too long.</exception>
    public Task<ExportFile> ExportAsync(string dataSetId, string sql, ExportFormat format, CancellationToken cancellationToken) =>
        AskAsync(dataSetId, _exportPlaces, _options.ExportWithin, sql, format, (request, _) => Keep(request.Answer, format), cancellationToken);

    public void Dispose()
    {
        _places.Dispose();
        _sqlPlaces.Dispose();
        _exportPlaces.Dispose();
        if (Directory.Exists(_exports))
        {
            Directory.Delete(_exports, recursive: true);
        }
    }

    private async Task<ExportFile> ExportAsync(
        string dataSetId, ExportFormat format, Func<DuckDBConnection, (RowExport Export, IReadOnlyList<object> Parameters)> select, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_exports);
        var file = new ExportFile(NewPath(), format);
        try
        {
            return await ReadAsync(
                dataSetId,
                _exportPlaces,
                _options.ExportWithin,
                connection =>
                {
                    var (export, parameters) = select(connection);
                    export.Write(connection, file.Path, format, [.. parameters]);
                    return file;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private async Task<T> AskAsync<T>(
        string dataSetId, SemaphoreSlim places, TimeSpan within, string sql, ExportFormat? export, Func<SqlRequest, SqlReply, T> use, CancellationToken cancellationToken)
    {
        SqlCheck.CheckLength(sql);
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        var request = new SqlRequest { Folder = Path.GetFullPath(NewPath()), Sql = sql, MostRows = _options.SqlRows, Export = export, MemoryMegabytes = _options.MemoryMegabytes };
        using var timeout = new CancellationTokenSource(within, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Directory.CreateDirectory(request.Folder);
            using (var lease = await _files.OpenAsync(dataSetId, either.Token).ConfigureAwait(false))
            {
                await Task.Run(() => lease.File.CopyTo(request.Copy, either.Token), either.Token).ConfigureAwait(false);
            }

            return use(request, await SqlProcess.AskAsync(request, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PlatformException(PlatformFault.Input, GuardedReading.TooLong(within), exception);
        }
        catch (IOException exception)
        {
            throw new PlatformException(PlatformFault.Storage, $"The DataSet's rows cannot be copied for the query: {exception.Message}", exception);
        }
        finally
        {
            places.Release();
            if (Directory.Exists(request.Folder))
            {
                Directory.Delete(request.Folder, recursive: true);
            }
        }
    }

    private string NewPath() => Path.Combine(_exports, Guid.NewGuid().ToString("N"));

    private ExportFile Keep(string written, ExportFormat format)
    {
        var file = new ExportFile(NewPath(), format);
        File.Move(written, file.Path);
        return file;
    }

    private async Task<T> ReadAsync<T>(
        string dataSetId, SemaphoreSlim places, TimeSpan within, Func<DuckDBConnection, T> read, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var lease = await _files.OpenAsync(dataSetId, cancellationToken).ConfigureAwait(false);
            var reading = new GuardedReading(lease.File, _exports, _options, _time);

            // The database computes on the thread that asks it.
            return await Task.Run(() => reading.Read(within, read, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }
}
