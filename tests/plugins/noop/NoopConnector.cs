namespace ConnectorPlatform.Connectors;

public sealed class NoopConnector : IConnector
{
    public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) => AsyncEnumerable.Empty<RecordBatch>();
}
