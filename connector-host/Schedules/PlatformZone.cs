using ConnectorPlatform.Host.Metadata;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>The zone in which people read the platform's times, and of schedules that name none: the one that an operator has chosen, else the setting <c>Schedules:Zone</c>.</summary>
internal sealed class PlatformZone(MetadataDatabase database, ScheduleOptions options, TimeProvider time)
{
    private const string Name = "zone";

    /// <summary>As it is stored now, by whatever process.</summary>
    /// <exception cref="PlatformException">The setting names no zone.</exception>
    public TimeZoneInfo Current =>
        database.Find<string>("SELECT value FROM platform_settings WHERE name = @Name", new { Name }) is { } stored && TimeZoneInfo.TryFindSystemTimeZoneById(stored, out var zone)
            ? zone
            : Schedule.ZoneOf(options.Zone);

    /// <param name="zone">An IANA zone.</param>
    /// <exception cref="PlatformException">There is no such zone.</exception>
    public void Set(string zone) => database.Execute(
        "INSERT INTO platform_settings (name, value, updated_at) VALUES (@Name, @value, @now) ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
        new { Name, value = Schedule.ZoneOf(zone.Trim()).Id, now = time.GetUtcNow() });
}
