namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What a report is about.</summary>
internal enum Scope
{
    Link,
    Group,
}

/// <summary>One choice of the form's Report menu.</summary>
internal abstract class Report(Scope scope)
{
    public Scope Scope { get; } = scope;

    public abstract IAsyncEnumerable<RecordBatch> ReadAsync(ReportRun run, Subject subject, CancellationToken cancellationToken);
}
