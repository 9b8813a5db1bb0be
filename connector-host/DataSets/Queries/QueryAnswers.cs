using ConnectorPlatform.Host.DataSets.Storage;

namespace ConnectorPlatform.Host.DataSets.Queries;

/// <summary>Some of the rows that a query matches.</summary>
/// <param name="Page">The rows; its total is that of the whole DataSet.</param>
/// <param name="Matching">How many rows pass the filters.</param>
internal sealed record RowMatches(RowPage Page, long Matching);

/// <summary>The answer to an SQL query.</summary>
/// <param name="IsCut">Whether there are more rows than are shown.</param>
internal sealed record SqlAnswer(IReadOnlyList<StoredColumn> Columns, IReadOnlyList<object?[]> Rows, bool IsCut, TimeSpan Took);

/// <summary>What a column holds.</summary>
/// <param name="Rows">The rows that were looked at.</param>
/// <param name="Nulls">How many of them have no value.</param>
/// <param name="Distinct">Different values.</param>
/// <param name="IsEstimate">Whether the different values are estimated, as there are many rows.</param>
/// <param name="Average">Of numbers; null for other columns.</param>
/// <param name="Top">The most frequent values.</param>
internal sealed record ColumnStatistics(
    StoredColumn Column, long Rows, long Nulls, long Distinct, bool IsEstimate, object? Least, object? Greatest, double? Average, IReadOnlyList<ValueCount> Top);

/// <param name="Value">Shortened when it is long.</param>
internal sealed record ValueCount(string? Value, long Count);

/// <summary>A file made for one download; it is gone when disposed of.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Format">What it holds.</param>
internal sealed record ExportFile(string Path, ExportFormat Format) : IDisposable
{
    /// <summary>Opens it for one reading, after which it is gone.</summary>
    public FileStream Open() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan);

    public void Dispose() => File.Delete(Path);
}
