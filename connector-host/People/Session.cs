namespace ConnectorPlatform.Host.People;

/// <summary>A browser in which somebody is signed in.</summary>
internal sealed record Session
{
    /// <summary>Names it in lists; opens nothing.</summary>
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    /// <summary>From where it was opened.</summary>
    public required string Address { get; init; }

    /// <summary>What the browser called itself.</summary>
    public required string Agent { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }
}
