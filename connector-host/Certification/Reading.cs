using System.Text.Json;

namespace ConnectorPlatform.Host.Certification;

/// <summary>One page of a reading.</summary>
internal sealed record ReadBatch(IReadOnlyList<Column> Columns, IReadOnlyList<string?[]> Rows, JsonElement? Checkpoint);

/// <summary>What a connector delivered, and how it ended.</summary>
internal sealed record Reading
{
    public required IReadOnlyList<ReadBatch> Batches { get; init; }

    /// <summary>What it threw; null for a reading to the end.</summary>
    public required Exception? Failure { get; init; }

    /// <summary>What it told its reporter, unmasked.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>One text a row: the values by column, independent of where batches begin.</summary>
    public IReadOnlyList<string> Rows => [.. RowsFrom(0)];

    /// <summary>The rows of the batches from that one on.</summary>
    public IEnumerable<string> RowsFrom(int batch) => Batches.Skip(batch).SelectMany(part => part.Rows.Select(row =>
        JsonSerializer.Serialize(part.Columns.Zip(row, (column, value) => new { column.Name, value }))));

    /// <summary>How it ended, for a finding.</summary>
    public string End => Failure is null ? $"ended as if all were well, with {Batches.Sum(batch => batch.Rows.Count)} rows" : $"failed: {Failure.Message}";
}

/// <summary>Collects what a connector tells.</summary>
internal sealed class CollectingReporter : IRunReporter
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Info(string message) => Add(message);

    public void Warn(string message) => Add(message);

    public void Progress(long done, long? total = null)
    {
    }

    private void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }
}
