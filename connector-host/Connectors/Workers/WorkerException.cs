namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>A worker is gone or cannot be used; the message is for the user.</summary>
/// <param name="particulars">The end of its standard error, for the log.</param>
internal sealed class WorkerException(string message, Exception? inner = null, string? particulars = null) : Exception(message, inner)
{
    public string? Particulars { get; } = particulars;
}
