namespace ConnectorPlatform.Host.DataSets.Queries;

/// <summary>What somebody wants to see in a chart; what he leaves open is chosen by what the columns hold.</summary>
internal sealed record ChartWish
{
    public ChartKind? Kind { get; init; }

    public string? Over { get; init; }

    public string? Measure { get; init; }

    public Aggregation? Aggregation { get; init; }

    public ChartPeriod? Period { get; init; }
}
