namespace ConnectorPlatform.Host.People;

/// <summary>Lets a program use the API in a person's name.</summary>
internal sealed record ApiToken
{
    public required string Id { get; init; }

    public required string PersonId { get; init; }

    /// <summary>What it is for, in the person's words.</summary>
    public required string Name { get; init; }

    /// <summary>The first characters of the token, by which it is recognised.</summary>
    public required string Start { get; init; }

    public required IReadOnlyList<TokenScope> Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public IReadOnlySet<Permission> Permissions => Scopes.SelectMany(scope => scope.Permissions()).ToHashSet();
}
