namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>A worker is gone or cannot be used; the message is for the user.</summary>
/// <param name="particulars">The end of its standard error, for the log.</param>
internal sealed class WorkerException(string message, Exception? inner = null, string? particulars = null) : Exception(message, inner)
{
    /// <summary>For the log: the worker's own words tell more than where the host noticed.</summary>
    public override string ToString() => particulars is null ? base.ToString() : $"{Message}\n{particulars}";
}
