using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>The zone in which pages tell instants.</summary>
internal sealed class DisplayZone(ScheduleOptions schedules)
{
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(schedules.Zone);

    /// <summary>Such as <c>28 Nov 2026, 14:05 UTC</c>; of another zone than UTC with the offset.</summary>
    public string Write(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, Zone);
        return local.Offset == TimeSpan.Zero
            ? local.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : local.ToString("d MMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture);
    }
}
