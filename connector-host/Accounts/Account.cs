namespace ConnectorPlatform.Host.Accounts;

/// <summary>Stored credentials for a connector; the credentials themselves stay in the store.</summary>
internal sealed record Account
{
    /// <summary>The name under which every connector with samples can be tried without credentials.</summary>
    public const string Sample = "sample";

    public required string Id { get; init; }

    /// <summary>Unique whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>Whose account it is, as the source named it when it was last checked.</summary>
    public string? Identity { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
