using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.Audit;

/// <summary>The settings <c>Audit</c>.</summary>
internal sealed record AuditOptions
{
    /// <summary>For how long lines are kept; null for ever.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00", ErrorMessage = "Keep is from one day (1.00:00:00) to 36500 days, such as 730.00:00:00 for two years.")]
    public TimeSpan? Keep { get; init; }
}
