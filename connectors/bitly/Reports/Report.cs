namespace ConnectorPlatform.Connectors.Bitly.Reports;

/// <summary>What a report is about.</summary>
internal enum Scope
{
    Link,
    Group,
    QrCode,
    Organization,
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

    /// <summary>The endpoint that is asked for each subject, as Bitly's limits call it; null where there are several.</summary>
    public virtual string? EndpointOf(ReportRun run) => null;

    /// <summary>About how many requests reading these links takes, once it is prepared.</summary>
    public virtual int CountRequests(ReportRun run, IReadOnlyList<Subject> links) => links.Count * Steps(run);

    /// <summary>An endpoint below a subject's address, as Bitly's limits call it.</summary>
    protected string Template(string endpoint) => Scope == Scope.QrCode ? $"/qr-codes/{{qrcode_id}}/{endpoint}" : $"/bitlinks/{{bitlink}}/{endpoint}";
}
