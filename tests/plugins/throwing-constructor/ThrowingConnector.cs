namespace ConnectorPlatform.Connectors;

public sealed class ThrowingConnector : IConnector
{
    public ThrowingConnector() => throw new InvalidOperationException("The moon is not full.");

    public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<RecordBatch>();
}
