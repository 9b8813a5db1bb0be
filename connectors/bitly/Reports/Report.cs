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

    /// <summary>How often the report says that it has come a step further, for one subject.</summary>
    public virtual int Steps(ReportRun run) => 1;

    /// <summary>Reads at once for many links what would cost a request for each.</summary>
    public virtual Task PrepareAsync(ReportRun run, IReadOnlyList<Subject> links, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>About how many requests reading these links takes, once it is prepared.</summary>
    public virtual int CountRequests(ReportRun run, IReadOnlyList<Subject> links) => links.Count * Steps(run);
}
