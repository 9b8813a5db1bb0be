using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.Site;

/// <summary>The zone in which pages tell instants.</summary>
internal sealed class DisplayZone(PlatformZone platform)
{
    /// <summary>Read from the store: for many instants ask once.</summary>
    public TimeZoneInfo Zone => platform.Current;

    /// <summary>Such as <c>28 Nov 2026, 14:05 UTC</c>; of another zone than UTC with the offset.</summary>
    public static string Write(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone);
        return local.Offset == TimeSpan.Zero
            ? local.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture)
            : local.ToString("d MMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture);
    }
}
