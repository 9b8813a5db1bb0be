using System.Text.Json;
using ConnectorPlatform.Host.Accounts;

namespace ConnectorPlatform.Host.Runs.Drafts;

/// <summary>A DataSet that somebody is filling in; what is in it may be incomplete or wrong.</summary>
internal sealed record Draft
{
    public required string Id { get; init; }

    /// <summary>The connector's id.</summary>
    public required string Connector { get; init; }

    /// <summary>The id of an account, <see cref="Account.Sample"/> for sample data, or null while none is chosen.</summary>
    public string? AccountChoice { get; init; }

    /// <summary>What was filled into the connector's details form; null while nothing was.</summary>
    public JsonElement? Details { get; init; }

    /// <summary>What was filled into the scheduling form; null while nothing was.</summary>
    public JsonElement? Scheduling { get; init; }

    /// <summary>Null while it is to be suggested.</summary>
    public string? Name { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
