using System.Globalization;

namespace ConnectorPlatform.Connectors.Bitly;

/// <summary>
/// One request's part of a window: units back from the reference (null for now), -1 for all. <paramref name="Date"/> is the start of a slice
/// that is one unit of several, and null for a whole window.
/// </summary>
internal sealed record Slice(TimeUnit Unit, int Units, DateTimeOffset? Date = null, DateTimeOffset? Reference = null)
{
    public string Query =>
        $"unit={Window.NameOf(Unit)}&units={Units.ToString(CultureInfo.InvariantCulture)}"
        + (Reference is { } end ? $"&unit_reference={Uri.EscapeDataString(BitlyTime.Format(end))}" : "");
}

/// <summary>The last <paramref name="Units"/> units of a zone up to now, the current one included; -1 for all that Bitly keeps.</summary>
internal sealed record Window(TimeUnit Unit, int Units, ReportZone Zone, DateTimeOffset Now)
{
    /// <summary>Whether it ends before the present, which Bitly must then be told.</summary>
    public bool EndsBefore { get; private init; }

    /// <summary>Bitly counts in UTC, so units that begin at a local midnight are put together from hours.</summary>
    public bool IsRebucketed => Unit >= TimeUnit.Day && !Zone.IsUtc;

    /// <summary>Whether the zone's units begin within an hour, so that hours cannot be put together exactly.</summary>
    public bool DividesHours => IsRebucketed && (Back(1).UtcDateTime.Minute != 0 || First is { UtcDateTime.Minute: not 0 });

    /// <summary>Start of the oldest unit; null for all.</summary>
    public DateTimeOffset? First => Units < 0 ? null : Back(Units);

    /// <summary>The window of as many units up to the end of a day in its zone; this one where that day has not ended.</summary>
    public Window EndingWith(DateOnly day)
    {
        return day < DateOnly.FromDateTime(Zone.ToLocal(Now).Date) ? this with { Now = Zone.EndOf(day).AddSeconds(-1), EndsBefore = true } : this;
    }

    /// <summary>The whole window in one request, up to the end of its last unit where that is not UTC's current one.</summary>
    public Slice Whole => new(Unit, Units, Reference: IsRebucketed || EndsBefore ? EndOf(Zone.StartOf(Unit, Now)) : null);

    /// <summary>One request for each unit, oldest first.</summary>
    public IEnumerable<Slice> Slices
    {
        get
        {
            var current = Zone.StartOf(Unit, Now);
            return Enumerable.Range(0, Units)
                .Select(index => Zone.Shift(Unit, current, index + 1 - Units))
                .Select(start => new Slice(Unit, 1, start, EndOf(start)));
        }
    }

    /// <summary>The units from the one that begins at <paramref name="start"/>.</summary>
    public Window Since(DateTimeOffset start)
    {
        var units = 1;
        while (Back(units) > start)
        {
            units++;
        }

        return this with { Units = units };
    }

    /// <summary>The window of UTC hours that covers this one.</summary>
    public Window InHours()
    {
        if (First is not { } first)
        {
            return this with { Unit = TimeUnit.Hour, Zone = ReportZone.Utc };
        }

        var hours = ReportZone.Utc.StartOf(TimeUnit.Hour, Now) - ReportZone.Utc.StartOf(TimeUnit.Hour, first);
        return this with { Unit = TimeUnit.Hour, Units = (int)hours.TotalHours + 1, Zone = ReportZone.Utc };
    }

    /// <summary>
    /// Puts hourly counts together by the zone's units, oldest first, and drops what lies before the window. An hour that a
    /// zone's midnight divides goes where its middle is, but never into a unit that has not begun.
    /// </summary>
    public IEnumerable<Point> Rebucket(IEnumerable<Point> hours) => hours
        .GroupBy(hour => Zone.StartOf(Unit, hour.Start.AddMinutes(30) is var middle && middle < Now ? middle : Now))
        .Where(unit => First is not { } first || unit.Key >= first)
        .OrderBy(unit => unit.Key)
        .Select(unit => new Point(unit.Key, unit.Sum(hour => hour.Count)));

    /// <summary>How many of the window's units a reply covers, as far as it tells.</summary>
    public int Covered(Echo reply) =>
        reply.Unit == NameOf(Unit) && reply.Units > 0 && (Units < 0 || reply.Units < Units) ? reply.Units.Value : Units;

    /// <summary>Warns when the reply to the window covers less than was asked; with all asked, tells what that is.</summary>
    /// <param name="reporter">Hears it.</param>
    /// <param name="reply">What tells how many units it covers.</param>
    /// <param name="points">What it counted.</param>
    /// <param name="born">Since when there is something to count; null if that is not known.</param>
    public void TellCoverage(IRunReporter reporter, Echo reply, IReadOnlyCollection<Point> points, DateTimeOffset? born)
    {
        var covered = Covered(reply);
        if (First is not { } asked)
        {
            if (covered > 0 && born is null)
            {
                reporter.Info($"All that Bitly keeps are {covered} {NameOf(Unit)}s: {Span(Back(covered))}.");
            }

            return;
        }

        var begin = SeenBegin(points) is { } seen && seen > Back(covered) ? seen : Back(covered);
        if (begin > asked && (born is not { } start || begin > Zone.StartOf(Unit, start)))
        {
            reporter.Warn(
                $"Bitly covers less than the {Units} {NameOf(Unit)}s that were asked for: {Span(begin)}. What lies before is beyond what the account's plan keeps, or before the link was made.");
        }
    }

    public static string NameOf(TimeUnit unit) => unit switch
    {
        TimeUnit.Minute => "minute",
        TimeUnit.Hour => "hour",
        TimeUnit.Day => "day",
        TimeUnit.Week => "week",
        _ => "month",
    };

    /// <summary>
    /// Where a reply begins that gives zeros for empty units; one that leaves them out does not show it. A whole unit must be missing, as
    /// Bitly's weeks may begin on another day.
    /// </summary>
    private DateTimeOffset? SeenBegin(IReadOnlyCollection<Point> points) =>
        points.Any(point => point.Count == 0)
        && points.Min(point => point.Start) is var oldest
        && oldest >= Back(Units - 1) ? oldest : null;

    /// <summary>Start of the oldest of the last units.</summary>
    private DateTimeOffset Back(int units) => Zone.Shift(Unit, Zone.StartOf(Unit, Now), 1 - units);

    private DateTimeOffset EndOf(DateTimeOffset start) => Zone.ToLocal(Zone.Shift(Unit, start, 1).AddSeconds(-1));

    private string Span(DateTimeOffset begin) => $"from {Text(begin)} to {Text(Now)} ({Zone.Name})";

    private string Text(DateTimeOffset instant) =>
        Zone.ToLocal(instant).ToString(Unit < TimeUnit.Day ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
