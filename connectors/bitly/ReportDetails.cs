using System.Text.Json;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>The details form's values.</summary>
internal sealed record ReportDetails
{
    /// <summary>The report's title in snake case.</summary>
    public string Report { get; init; } = "";

    public string? BitlyLink { get; init; }

    /// <summary>The user's own domains; none for all.</summary>
    public IReadOnlyList<string>? Domains { get; init; }

    /// <summary>A group's GUID; empty for the account's default group.</summary>
    public string? Group { get; init; }

    public TimeUnit Unit { get; init; } = TimeUnit.Day;

    /// <summary>-1 for all.</summary>
    public int Units { get; init; } = -1;

    /// <summary>The day at whose end the units are counted back from; empty for now.</summary>
    public string? LastDay { get; init; }

    /// <summary>Text or number, see <see cref="ReportZone.Parse"/>.</summary>
    public JsonElement TimeZone { get; init; }

    /// <summary>Null for the report's own default.</summary>
    public bool? RollUp { get; init; }
}
