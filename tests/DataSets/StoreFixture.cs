using System.Text.Json;
using ConnectorPlatform.Host.DataSets;
using ConnectorPlatform.Host.DataSets.Storage;
using ConnectorPlatform.Tests.Support;

namespace ConnectorPlatform.Tests.DataSets;

/// <summary>A DataSet's file in a temporary folder, and short ways to write and read it.</summary>
internal sealed class StoreFixture : IDisposable
{
    private static readonly ConnectorContext Context = new() { Http = new HttpClient() };

    private readonly TemporaryFolder _folder = new();
    private readonly string? _path;
    private long _fence;

    /// <param name="path">Where the file is to be; in the temporary folder when nothing is said.</param>
    public StoreFixture(string? path = null)
    {
        _path = path;
        File = Open();
    }

    public DataSetFile File { get; private set; }

    public string Path => _path ?? _folder.File("test.duckdb");

    public DataSetReader Reader => new(File);

    public DataSetRules Rules { get; set; } = new();

    public DataSetWriter Writer(UpdateMethod method, string? runId = null, long? fence = null) => new(File, new WriterOptions
    {
        RunId = runId ?? $"run-{_fence + 1}",
        Fence = fence is { } chosen ? _fence = chosen : ++_fence,
        UpdateMethod = method,
        Rules = Rules,
        Time = TimeProvider.System,
    });

    /// <summary>One whole run.</summary>
    public CommitResult Run(UpdateMethod method, params RecordBatch[] batches)
    {
        using var writer = Writer(method);
        foreach (var batch in batches)
        {
            writer.Append(batch);
        }

        return writer.Commit(isFinal: true);
    }

    /// <summary>Takes the last run back.</summary>
    public CommitResult Undo()
    {
        using var writer = Writer(UpdateMethod.Replace);
        return writer.Undo(Reader.Undoable()!);
    }

    /// <summary>The tables beside the rows: what is kept for undoing.</summary>
    public string[] OtherTables()
    {
        using var connection = File.Connect();
        return [.. connection.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_name <> 'rows' ORDER BY 1", reader => reader.GetString(0))];
    }

    public static RecordBatch Batch<T>(params T[] records) => Context.Batch(records);

    public static RecordBatch BatchAt<T>(object checkpoint, params T[] records) => Context.Batch(records, checkpoint);

    public static RecordBatch Rows(Column[] columns, params object?[][] rows) => Context.BatchOfRows(columns, rows);

    /// <summary>All values without those of the host's columns.</summary>
    public object?[][] Values() => [.. Reader.Page(0, 1_000_000).Rows.Select(row => row[..^2])];

    public string[] ColumnTypes() => [.. Reader.Columns().Select(column => $"{column.Name}:{column.Type}")];

    public JsonElement? State()
    {
        using var writer = Writer(UpdateMethod.Append);
        return writer.State;
    }

    public void Reopen()
    {
        File.Dispose();
        File = Open();
    }

    public void Dispose()
    {
        File.Dispose();
        _folder.Dispose();
    }

    private DataSetFile Open() => DataSetFile.Open(Path, new DataSetStoreOptions().MemoryMegabytes);
}
