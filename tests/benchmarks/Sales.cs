namespace ConnectorPlatform.Benchmarks;

/// <summary>What a run reads from the server.</summary>
internal sealed record Sales(Uri Server, int Rows)
{
    public Uri Address => new(Server, $"{Rows}/");

    /// <summary>What every process loads first, so that compiled code is measured; always as much, so that it weighs the same in every peak of memory.</summary>
    public Sales WarmUp => this with { Rows = SalesServer.WarmUpPages * SalesServer.PageSize };
}
