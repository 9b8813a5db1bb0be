namespace ConnectorPlatform.Host.Schedules;

/// <summary>From a zone's clock to instants, by one rule: a time that the clock skips is the moment at which it jumps, a time that comes twice is its first.</summary>
internal static class LocalTimes
{
    /// <summary>Further than any zone's clock ever moved at once.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static DateTimeOffset First(TimeZoneInfo zone, DateTime local) => Of(zone, local, offsets => offsets.Max());

    /// <summary>As <see cref="First"/>, but the second of a time that comes twice.</summary>
    public static DateTimeOffset Last(TimeZoneInfo zone, DateTime local) => Of(zone, local, offsets => offsets.Min());

    public static DateOnly DateOf(TimeZoneInfo zone, DateTimeOffset instant) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The moments at which the zone's clock is put forward or back, after one instant and up to another.</summary>
    public static IEnumerable<ClockChange> Changes(TimeZoneInfo zone, DateTimeOffset after, DateTimeOffset until)
    {
        for (var at = after; at < until; at += Day)
        {
            var next = at + Day < until ? at + Day : until;
            if (zone.GetUtcOffset(at) != zone.GetUtcOffset(next))
            {
                yield return new ClockChange(ChangeBetween(zone, at, next), zone.GetUtcOffset(at), zone.GetUtcOffset(next));
            }
        }
    }

    private static DateTimeOffset Of(TimeZoneInfo zone, DateTime local, Func<TimeSpan[], TimeSpan> choose)
    {
        if (zone.IsAmbiguousTime(local))
        {
            return Instant(local, choose(zone.GetAmbiguousTimeOffsets(local)));
        }

        // Not IsInvalidTime, which does not know of zones that left out a day.
        var plain = Instant(local, zone.GetUtcOffset(local));
        if (plain + zone.GetUtcOffset(plain) is var shown && shown.UtcDateTime.Ticks == local.Ticks)
        {
            return plain;
        }

        var before = zone.GetUtcOffset(Instant(local, TimeSpan.Zero) - Day);
        var after = zone.GetUtcOffset(Instant(local, TimeSpan.Zero) + Day);
        return ChangeBetween(zone, Instant(local, after), Instant(local, before));
    }

    private static DateTimeOffset Instant(DateTime local, TimeSpan offset) => new(local.Ticks - offset.Ticks, TimeSpan.Zero);

    private static DateTimeOffset ChangeBetween(TimeZoneInfo zone, DateTimeOffset before, DateTimeOffset after)
    {
        var offset = zone.GetUtcOffset(before);
        var (low, high) = (before.UtcTicks / TimeSpan.TicksPerSecond, after.UtcTicks / TimeSpan.TicksPerSecond);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = zone.GetUtcOffset(AtSecond(middle)) == offset ? (middle, high) : (low, middle);
        }

        return AtSecond(high);
    }

    private static DateTimeOffset AtSecond(long second) => new(second * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}

/// <summary>A zone's clock is put forward or back.</summary>
/// <param name="Before">The offset until then.</param>
/// <param name="After">The offset from then on.</param>
internal sealed record ClockChange(DateTimeOffset At, TimeSpan Before, TimeSpan After)
{
    public bool IsForward => After > Before;

    /// <summary>What the clock showed when it was changed.</summary>
    public DateTime From => (At + Before).UtcDateTime;

    /// <summary>What it was put to.</summary>
    public DateTime To => (At + After).UtcDateTime;
}
