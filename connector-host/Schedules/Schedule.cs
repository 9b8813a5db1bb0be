namespace ConnectorPlatform.Host.Schedules;

/// <summary>What becomes of fires whose time went by while nobody could fire them: the host was down, or its clock was put forward.</summary>
internal enum MissedPolicy
{
    /// <summary>However many were missed, one run.</summary>
    RunOnce,

    /// <summary>None runs; the next fire is the next.</summary>
    Skip,

    /// <summary>One run for each, of the latest <see cref="Schedule.MostMissed"/>.</summary>
    RunEach,
}

/// <summary>What becomes of a fire while a run of the same DataSet goes on.</summary>
internal enum OverlapPolicy
{
    /// <summary>One waits for the run to end; the next ones meanwhile are dropped.</summary>
    QueueOne,

    Skip,

    /// <summary>The run is cancelled and the new one follows.</summary>
    CancelRunning,
}

/// <summary>When a DataSet runs by itself. A DataSet may have several.</summary>
internal sealed record Schedule
{
    /// <summary>The longest that a fire may be put off for jitter; longer would be another schedule.</summary>
    public static readonly TimeSpan LongestJitter = TimeSpan.FromHours(1);

    public const int MostMissedRuns = 100;

    /// <summary>Of what is repeated in a message; no zone's name is longer.</summary>
    private const int LongestName = 64;

    public required string Id { get; init; }

    public required string DataSetId { get; init; }

    public required Recurrence Recurrence { get; init; }

    /// <summary>The zone in which times and dates are meant.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>No fire before it; and intervals of minutes and hours, days, weeks and months count from it.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>No fire after it.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Dates in the zone on which nothing runs.</summary>
    public IReadOnlyList<DateSpan> Blackout { get; init; } = [];

    /// <summary>Each fire is put off by a part of this, so that schedules of the same time do not all begin at once. Always the same part for the same fire.</summary>
    public TimeSpan Jitter { get; init; }

    public MissedPolicy Missed { get; init; }

    /// <summary>For <see cref="MissedPolicy.RunEach"/>: the most runs that are made up for.</summary>
    public int MostMissed { get; init; } = 1;

    public OverlapPolicy Overlap { get; init; }

    public bool IsPaused { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <exception cref="PlatformException">Something in it cannot be; all that is wrong is said at once.</exception>
    public Schedule Checked()
    {
        List<string> problems = [];
        if (Jitter < TimeSpan.Zero || Jitter > LongestJitter)
        {
            problems.Add("The jitter is from 0 to 60 minutes.");
        }

        if (MostMissed is < 1 or > MostMissedRuns)
        {
            problems.Add($"The most missed runs to make up for are from 1 to {MostMissedRuns}.");
        }

        if (Start > End)
        {
            problems.Add("The schedule ends before it starts.");
        }

        if (Blackout.FirstOrDefault(span => span.Last < span.First) is { } turned)
        {
            problems.Add($"The blackout {turned} ends before it begins.");
        }

        return problems.Count == 0 ? this : throw new PlatformException(PlatformFault.Input, string.Join(" ", problems));
    }

    /// <summary>An IANA zone, such as Europe/Berlin.</summary>
    /// <exception cref="PlatformException">There is no such zone.</exception>
    public static TimeZoneInfo ZoneOf(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        ? zone
        : throw new PlatformException(PlatformFault.Input, $"There is no time zone \"{name.Shortened(LongestName)}\". Name one of the IANA list, such as Europe/Berlin, America/New_York or UTC.");
}

/// <summary>Dates from the first to the last, both included.</summary>
internal sealed record DateSpan(DateOnly First, DateOnly Last)
{
    /// <summary>Reads <c>2026-12-24</c> or <c>2026-12-24..2026-12-26</c>.</summary>
    /// <exception cref="PlatformException">It is neither.</exception>
    public static DateSpan Parse(string text)
    {
        var ends = text.Split("..");
        return ends.Length <= 2 && DateOnly.TryParseExact(ends[0], "yyyy-MM-dd", out var first) && DateOnly.TryParseExact(ends[^1], "yyyy-MM-dd", out var last)
            ? new DateSpan(first, last)
            : throw new PlatformException(PlatformFault.Input, $"The blackout \"{text}\" is no date and no span of dates; write 2026-12-24 or 2026-12-24..2026-12-26.");
    }

    public bool Contains(DateOnly date) => date >= First && date <= Last;

    public override string ToString() => First == Last ? $"{First:yyyy-MM-dd}" : $"{First:yyyy-MM-dd}..{Last:yyyy-MM-dd}";
}
