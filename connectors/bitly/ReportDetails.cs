using System.Text.Json;
using ConnectorPlatform.Connectors.Bitly.Reports;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>What is done for clicks that Bitly counts only after a unit has ended.</summary>
internal enum LateClicks
{
    /// <summary>A unit is read some hours after its end, once.</summary>
    Wait,

    /// <summary>A unit is read after its end, and again by later runs.</summary>
    ReadAgain,
}

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

    /// <summary>An organization's GUID; empty for the group's.</summary>
    public string? Organization { get; init; }

    /// <summary>A QR code's id; empty for all of the group.</summary>
    public string? QrCode { get; init; }

    public bool HasQrCode => !string.IsNullOrWhiteSpace(QrCode);

    public TimeUnit Unit { get; init; } = TimeUnit.Day;

    /// <summary>-1 for all.</summary>
    public int Units { get; init; } = -1;

    /// <summary>The day at whose end the units are counted back from; empty for now.</summary>
    public string? LastDay { get; init; }

    /// <summary>Text or number, see <see cref="ReportZone.Parse"/>.</summary>
    public JsonElement TimeZone { get; init; }

    /// <summary>Whether a series goes on where the last run ended.</summary>
    public bool? OnlyNew { get; init; }

    public LateClicks LateClicks { get; init; }

    /// <summary>How many requests the run may take; null for as many as Bitly lets the account.</summary>
    public int? MostRequests { get; init; }

    /// <summary>Null for the report's own default.</summary>
    public bool? RollUp { get; init; }
}
