namespace ConnectorPlatform.Host.Http;

/// <summary>
/// Admits requests within the limits that all runs of an account share: directly in the process that keeps the account,
/// or by asking that process from a worker.
/// </summary>
internal interface IRequestGate
{
    /// <summary>Waits until a request may begin; dispose of the slot when it has ended. A cancelled wait uses up nothing.</summary>
    Task<IDisposable> EnterAsync(CancellationToken cancellationToken);
}
