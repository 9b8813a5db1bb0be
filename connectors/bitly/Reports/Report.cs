namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What a report is about.</summary>
internal enum Scope
{
    Link,
    Group,
}

/// <summary>One choice of the form's Report menu.</summary>
internal abstract class Report
{
    public abstract IAsyncEnumerable<RecordBatch> ReadAsync(ReportRun run, CancellationToken cancellationToken);
}
