using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>Bitly's units of time, smallest first.</summary>
internal enum TimeUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>The zone in which days, weeks (from Monday) and months begin.</summary>
internal sealed partial class ReportZone(string name, TimeZoneInfo zone)
{
    private const string Default = "America/New_York";

    public static ReportZone Utc { get; } = new("UTC", TimeZoneInfo.Utc);

    /// <summary>As the user chose it.</summary>
    public string Name { get; } = name;

    public bool IsUtc { get; } = zone.HasSameRules(TimeZoneInfo.Utc);

    /// <param name="setting">A zone's name, or an offset in hours as number or text: <c>-5</c>, <c>+05:30</c>.</param>
    public static ReportZone Parse(JsonElement setting)
    {
        var name = setting.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => Default,
            JsonValueKind.String => setting.GetString()!.Trim(),
            _ => setting.GetRawText(),
        };
        var offset = Offset().Match(name);
        if (!offset.Success)
        {
            return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? new(name, zone) : throw Unknown(name);
        }

        var hours = int.Parse(offset.Groups["hours"].Value, CultureInfo.InvariantCulture);
        var minutes = offset.Groups["minutes"] is { Success: true, Value: var text } ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        var shift = new TimeSpan(hours, minutes, 0) * (offset.Groups["sign"].Value == "-" ? -1 : 1);
        return shift.Duration() <= TimeSpan.FromHours(14) && minutes < 60
            ? new(name, TimeZoneInfo.CreateCustomTimeZone(name, shift, name, name))
            : throw Unknown(name);
    }

    public DateTimeOffset ToLocal(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>The start of the unit that holds the instant. Minutes and hours are Bitly's own, which begin on the minute and hour of UTC.</summary>
    public DateTimeOffset StartOf(TimeUnit unit, DateTimeOffset instant)
    {
        if (unit < TimeUnit.Day)
        {
            return new DateTimeOffset(instant.UtcTicks - (instant.UtcTicks % Length(unit).Ticks), TimeSpan.Zero);
        }

        var day = ToLocal(instant).Date;
        return StartOfDay(unit switch
        {
            TimeUnit.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            TimeUnit.Month => new DateTime(day.Year, day.Month, 1),
            _ => day,
        });
    }

    /// <summary>The start of the unit that is <paramref name="count"/> units after the one that begins at <paramref name="start"/>.</summary>
    public DateTimeOffset Shift(TimeUnit unit, DateTimeOffset start, int count)
    {
        if (unit < TimeUnit.Day)
        {
            return start + (count * Length(unit));
        }

        var day = ToLocal(start).Date;
        return StartOfDay(unit switch
        {
            TimeUnit.Week => day.AddDays(7 * count),
            TimeUnit.Month => day.AddMonths(count),
            _ => day.AddDays(count),
        });
    }

    /// <summary>The first instant after the day.</summary>
    public DateTimeOffset EndOf(DateOnly day) => StartOfDay(day.ToDateTime(TimeOnly.MinValue).AddDays(1));

    private static TimeSpan Length(TimeUnit unit) => unit == TimeUnit.Minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);

    private DateTimeOffset StartOfDay(DateTime day)
    {
        // Where clocks jump over midnight the day begins at the jump, which the offset of the day before names;
        // where they fall back over it, at the first of the two midnights.
        var offset = zone.IsInvalidTime(day) ? zone.GetUtcOffset(day.AddDays(-1))
            : zone.IsAmbiguousTime(day) ? zone.GetAmbiguousTimeOffsets(day).Max()
            : zone.GetUtcOffset(day);
        return ToLocal(new DateTimeOffset(day, offset));
    }

    private static ConnectorException Unknown(string name) => new(
        FailureKind.Details,
        $"Time Zone \"{name}\" is unknown. Use a name such as America/New_York, or hours from UTC between -14 and 14.");

    [GeneratedRegex(@"^(?:UTC|GMT)?(?<sign>[+-]?)(?<hours>[0-9]{1,2})(?::(?<minutes>[0-9]{2}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Offset();
}
