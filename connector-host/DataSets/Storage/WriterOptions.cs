namespace ConnectorPlatform.Host.DataSets.Storage;

internal sealed record WriterOptions
{
    public required string RunId { get; init; }

    /// <summary>Greater than that of every earlier run of the DataSet.</summary>
    public required long Fence { get; init; }

    public required UpdateMethod UpdateMethod { get; init; }

    public DataSetRules Rules { get; init; } = new();

    /// <summary>
    /// Whether it is none of the DataSet's usual runs: it neither continues from the state nor moves it, commits once, at its end, and its
    /// rows say nothing of how many are usual.
    /// </summary>
    public bool IsAside { get; init; }

    /// <summary>Whether the run cannot have committed anything before; when it can, the ledger is asked.</summary>
    public bool IsFirstAttempt { get; init; }

    public required TimeProvider Time { get; init; }
}
