namespace ConnectorPlatform.Connectors.Bitly;

internal sealed record PlatformLimitsReply(IReadOnlyList<PlatformLimitsReply.Limits>? PlatformLimits)
{
    public const string Uri = "user/platform_limits";

    public const string Title = "the limits of Bitly's API";

    /// <param name="Endpoint">Its path with placeholders, such as <c>/bitlinks/{bitlink}/clicks</c>.</param>
    internal sealed record Limits(string? Endpoint, IReadOnlyList<Method>? Methods);

    /// <param name="Name">The HTTP method.</param>
    internal sealed record Method(string? Name, long? Limit, long? Count)
    {
        public long? Remaining => Limit - Count;
    }
}

internal sealed record PlanLimitsReply(IReadOnlyList<PlanLimitsReply.Entry>? PlanLimits)
{
    internal sealed record Entry(string? Name, string? Description, long? Limit, long? Count);
}

internal sealed record FeatureUsageReply(IReadOnlyList<FeatureUsageReply.Entry>? LimitUsage)
{
    internal sealed record Entry(string? Name, string? Description, long? Count);
}
