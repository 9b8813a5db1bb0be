namespace ConnectorPlatform.Connectors;

public abstract class AbstractConnector : IConnector
{
    public abstract IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken);
}

/// <summary>Inherits the contract, so that the whole line of ancestors must be searched for it.</summary>
public sealed class NeedyConnector(string need) : AbstractConnector
{
    public override IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException(need);
}
