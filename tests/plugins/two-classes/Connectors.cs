namespace ConnectorPlatform.Connectors;

public sealed class FirstConnector : IConnector
{
    public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<RecordBatch>();
}

public sealed class SecondConnector : IConnector
{
    public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<RecordBatch>();
}
