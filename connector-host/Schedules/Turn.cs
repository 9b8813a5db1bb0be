namespace ConnectorPlatform.Host.Schedules;

/// <summary>What is to be done for a schedule at an instant: pure, and the same at a start, after a jump of the clock and at an ordinary fire.</summary>
/// <param name="Runs">The times that run now, ascending.</param>
/// <param name="Omitted">The times that do not run, and why.</param>
/// <param name="AccountedTo">All times up to here are in one or the other.</param>
internal sealed record Turn(IReadOnlyList<PlannedRun> Runs, IReadOnlyList<Omission> Omitted, DateTimeOffset AccountedTo)
{
    /// <summary>The first time that is still to come; null when there is none.</summary>
    public Occurrence? Next { get; private init; }

    /// <summary>A fire that comes later than this is a missed one; below, the host was only busy.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>A clock that was put back further must have been wrong before: waiting for it to get there again could take years.</summary>
    public static readonly TimeSpan FarthestBack = TimeSpan.FromHours(3);

    /// <summary>More times than these are not counted one by one.</summary>
    public const int MostCounted = Schedule.MostMissedRuns;

    /// <summary>How far to look back for the latest of very many.</summary>
    private static readonly TimeSpan[] Spans = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromDays(1), TimeSpan.FromDays(8), TimeSpan.FromDays(100)];

    /// <param name="schedule">The schedule.</param>
    /// <param name="accountedTo">Where the last turn ended.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cause">Why fires were missed, should there be any: "the host was down".</param>
    public static Turn Of(Schedule schedule, DateTimeOffset accountedTo, DateTimeOffset now, string cause)
    {
        if (accountedTo > now + FarthestBack)
        {
            return new Turn([], [new Omission(FireEnd.ClockPutBack, accountedTo, accountedTo, 0, $"The clock was far ahead, at {accountedTo:u} or later; fires are counted from now on again.")], now)
            {
                Next = Occurrence.Of(schedule, now).FirstOrDefault(),
            };
        }

        List<Occurrence> due = [];
        foreach (var time in Occurrence.Of(schedule, accountedTo))
        {
            if (time.FiresAt > now)
            {
                return Of(schedule, due, accountedTo, now, cause) with { Next = time };
            }

            due.Add(time);
            if (due.Count > MostCounted)
            {
                var turn = OfMany(schedule, due, now, cause);
                return turn with { Next = Occurrence.Of(schedule, turn.AccountedTo).FirstOrDefault() };
            }
        }

        return Of(schedule, due, accountedTo, now, cause);
    }

    /// <param name="schedule">The schedule.</param>
    /// <param name="due">Its times that have come, ascending.</param>
    /// <param name="accountedTo">Where the last turn ended.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cause">Why fires were missed.</param>
    public static Turn Of(Schedule schedule, IReadOnlyList<Occurrence> due, DateTimeOffset accountedTo, DateTimeOffset now, string cause)
    {
        if (due.Count == 0)
        {
            return new Turn([], [], accountedTo);
        }

        if (schedule.IsPaused)
        {
            return new Turn([], Omit(FireEnd.Paused, due, "The schedule is paused."), due[^1].At);
        }

        var omitted = Omit(FireEnd.Blackout, [.. due.Where(time => time.IsBlackout)], "The date is a blackout date of the schedule.");
        var open = due.Where(time => !time.IsBlackout).ToList();
        var missed = open.Where(time => time.FiresAt < now - Grace).ToList();
        var onTime = open.Skip(missed.Count).Select(time => new PlannedRun(time.At, false));
        var madeUp = MadeUp(schedule, missed, isSucceeded: open.Count > missed.Count);
        var left = missed.SkipLast(madeUp.Count).ToList();
        var runs = madeUp.Select(time => new PlannedRun(time.At, true)).Concat(onTime).ToList();
        return new Turn(runs, [.. omitted, .. Omit(FireEnd.Missed, left, Told(schedule, cause, runs.Count))], due[^1].At);
    }

    private static IEnumerable<Occurrence> Due(Schedule schedule, DateTimeOffset after, DateTimeOffset now) =>
        Occurrence.Of(schedule, after).TakeWhile(time => time.FiresAt <= now);

    private static Turn OfMany(Schedule schedule, List<Occurrence> first, DateTimeOffset now, string cause)
    {
        var latest = Spans.Select(span => Due(schedule, now - span, now).ToList()).FirstOrDefault(times => times.Count >= MostCounted) ?? first;
        var kept = latest.Where(time => time.At > first[^1].At).TakeLast(MostCounted).ToList();
        if (kept.Count == 0)
        {
            kept = latest.TakeLast(MostCounted).ToList();
        }

        var turn = Of(schedule, kept, first[0].At, now, cause);
        var end = schedule.IsPaused ? FireEnd.Paused : FireEnd.Missed;
        var uncounted = new Omission(end, first[0].At, kept[0].At, first.Count, schedule.IsPaused ? "The schedule was paused (at least so many fires)." : $"Missed, since {cause} (at least so many fires).");
        return turn with { Omitted = [uncounted, .. turn.Omitted] };
    }

    private static List<Occurrence> MadeUp(Schedule schedule, List<Occurrence> missed, bool isSucceeded) => schedule.Missed switch
    {
        MissedPolicy.RunEach => missed.TakeLast(schedule.MostMissed).ToList(),

        // A run that is due now stands for those that were missed before it.
        MissedPolicy.RunOnce when !isSucceeded => missed.TakeLast(1).ToList(),
        _ => [],
    };

    private static string Told(Schedule schedule, string cause, int runs) => schedule.Missed switch
    {
        MissedPolicy.Skip => $"Missed, since {cause}; the schedule skips what it missed.",
        MissedPolicy.RunOnce => $"Missed, since {cause}; one run makes up for all.",
        _ => $"Missed, since {cause}; the schedule makes up for the latest {schedule.MostMissed}{(runs == 0 ? "" : " only")}.",
    };

    private static IReadOnlyList<Omission> Omit(FireEnd end, IReadOnlyList<Occurrence> times, string message) =>
        times.Count == 0 ? [] : [new Omission(end, times[0].At, times[^1].At, times.Count, message)];
}

/// <param name="At">The time that the schedule said.</param>
/// <param name="IsMakeUp">It makes up for a missed one.</param>
internal sealed record PlannedRun(DateTimeOffset At, bool IsMakeUp);

/// <summary>Times in a row that do not run for the same reason.</summary>
internal sealed record Omission(FireEnd End, DateTimeOffset First, DateTimeOffset Last, int Fires, string Message);
