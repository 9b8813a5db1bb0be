namespace ConnectorPlatform.Benchmarks;

/// <summary>What a run reads from the server.</summary>
internal sealed record Sales(Uri Server, int Rows)
{
    public Uri Address => new(Server, $"{Rows}/");

    /// <summary>A tenth of it, which everything loads first: a compiled process is measured, as a host that serves for days is.</summary>
    public Sales WarmUp => this with { Rows = Math.Max(Rows / 10, 1) };
}
