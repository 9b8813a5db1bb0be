namespace ConnectorPlatform;

/// <summary>Instants as the store holds them: UTC.</summary>
internal static class Instant
{
    /// <summary>Takes a time of unspecified kind as UTC, since a server's local zone must never colour data.</summary>
    internal static DateTime From(DateTime value) => value.Kind switch
    {
        DateTimeKind.Local => value.ToUniversalTime(),
        DateTimeKind.Unspecified => DateTime.SpecifyKind(value, DateTimeKind.Utc),
        _ => value,
    };
}
