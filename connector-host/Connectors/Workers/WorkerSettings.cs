namespace ConnectorPlatform.Host.Connectors.Workers;

/// <summary>What the operator sets for workers: <c>Connectors:Isolation</c>, <c>Connectors:Workers:…</c>, and for one connector <c>Connectors:ID:Workers:…</c>.</summary>
internal sealed class WorkerSettings(IConfiguration configuration)
{
    /// <summary>Whether connectors run in the host's own process.</summary>
    /// <exception cref="PlatformException">The setting is neither Workers nor InProcess.</exception>
    public bool IsInProcess => configuration["Connectors:Isolation"] switch
    {
        null or "" or "Workers" => false,
        "InProcess" => true,
        var other => throw new PlatformException(PlatformFault.Input, $"The setting Connectors:Isolation is \"{other}\"; it is Workers or InProcess."),
    };

    public WorkerLimits Limits { get; } = configuration.Read<WorkerLimits>("Connectors:Workers");

    public WorkerLimits LimitsOf(string connector) => configuration.Read($"Connectors:{connector}:Workers", Limits with { });
}
