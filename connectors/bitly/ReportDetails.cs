using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>The details form's values.</summary>
internal sealed record ReportDetails
{
    /// <summary>The report's title in snake case.</summary>
    public string Report { get; init; } = "";

    public LinkChoice Links { get; init; }

    public string? BitlyLink { get; init; }

    /// <summary>As they were pasted, between white space, commas or semicolons.</summary>
    public string? BitlyLinks { get; init; }

    public string? Tag { get; init; }

    /// <summary>A campaign's GUID.</summary>
    public string? Campaign { get; init; }

    /// <summary>What the long URLs begin with.</summary>
    public string? Destination { get; init; }

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

    /// <summary>Whether a series goes on where the last run ended.</summary>
    public bool? OnlyNew { get; init; }

    /// <summary>Null for the report's own default.</summary>
    public bool? RollUp { get; init; }
}
