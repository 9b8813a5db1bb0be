namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Says each message once, however many units and Bitlinks it holds for.</summary>
internal sealed class OnceReporter(IRunReporter run) : IRunReporter
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    public void Info(string message)
    {
        if (_said.Add(message))
        {
            run.Info(message);
        }
    }

    public void Warn(string message)
    {
        if (_said.Add(message))
        {
            run.Warn(message);
        }
    }

    public void Progress(long done, long? total = null) => run.Progress(done, total);
}
