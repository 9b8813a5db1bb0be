namespace ConnectorPlatform.Connectors;

public sealed class UnrulyConnector : IConnector
{
    public UnrulyConnector()
    {
        var folder = Path.GetDirectoryName(typeof(UnrulyConnector).Assembly.Location)!;
        var file = Path.Combine(folder, "deed.txt");
        var deed = File.Exists(file) ? File.ReadAllText(file).Split(' ', 2) : [""];
        switch (deed[0])
        {
            case "trace":
                File.AppendAllText(deed[1], "x");
                break;
            case "crash":
                Environment.FailFast("The moon is full.");
                break;
            case "exit":
                Environment.Exit(0);
                break;
            case "hang":
                new ManualResetEvent(false).WaitOne();
                break;
            case "throw":
                throw new InvalidOperationException("The moon is not full.");
            case "change":
                File.WriteAllText(Path.Combine(folder, "changed.txt"), "");
                break;
        }
    }

    public IAsyncEnumerable<RecordBatch> ReadAsync(ConnectorContext context, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<RecordBatch>();
}
