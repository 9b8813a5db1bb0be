using System.CommandLine;
using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Cli;

/// <summary>How a schedule is written on the command line.</summary>
internal sealed class ScheduleArguments
{
    private const int UsualMostMissed = 10;

    private Argument<string[]> Expression { get; } = new("when")
    {
        Description = "Words, such as \"every 15 minutes between 08:00 and 18:00\", a cron expression, manually, or \"after DATASET\".",
        Arity = ArgumentArity.OneOrMore,
    };

    private Option<string?> Zone { get; } = new("--zone") { Description = "The IANA zone of its times; by default the platform's (see \"zone\")." };

    private Option<string?> Start { get; } = new("--start") { Description = "No run before: 2026-12-01 or 2026-12-01T09:00 in the zone. Intervals count from it." };

    private Option<string?> End { get; } = new("--end") { Description = "No run after; a date includes its day." };

    private Option<string[]> Blackout { get; } = new("--blackout")
    {
        Description = "Dates in the zone without runs: 2026-12-24 or 2026-12-24..2026-12-26.",
        AllowMultipleArgumentsPerToken = true,
    };

    private Option<string?> Jitter { get; } = new("--jitter") { Description = "Put each run off by up to this, such as 30s or 5m." };

    private Option<string?> Missed { get; } = new("--missed") { Description = "Runs missed while the host was down: run-once (default), skip, or run-each." };

    private Option<int?> MostMissed { get; } = new("--most-missed") { Description = "The most runs that run-each makes up for; 10 by default." };

    private Option<string?> Overlap { get; } = new("--overlap") { Description = "While a run goes on: queue-one (default), skip, or cancel-running." };

    public Command AddTo(Command command)
    {
        command.Add(Expression);
        foreach (var option in new Option[] { Zone, Start, End, Blackout, Jitter, Missed, MostMissed, Overlap })
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>For a command that changes a schedule: what is left out stays.</summary>
    public Command AddToEdit(Command command)
    {
        Expression.Arity = ArgumentArity.ZeroOrMore;
        return AddTo(command);
    }

    /// <exception cref="PlatformException">Something cannot be read; says what and how it is written.</exception>
    public Schedule Read(Invocation invocation, string dataSetId, DateTimeOffset now, Func<string, string> dataSet) => Read(
        invocation,
        new Schedule
        {
            Id = Identifier.New(),
            DataSetId = dataSetId,
            Recurrence = new ManualRecurrence(),
            Zone = invocation.Part<PlatformZone>().Current,
            MostMissed = UsualMostMissed,
            CreatedAt = now,
        },
        dataSet);

    /// <summary>A schedule with what is given in the place of what it says.</summary>
    /// <inheritdoc cref="Read(Invocation, string, DateTimeOffset, Func{string, string})"/>
    public Schedule Read(Invocation invocation, Schedule before, Func<string, string> dataSet)
    {
        var zone = invocation.Value(Zone) is { } name ? Schedule.ZoneOf(name) : before.Zone;
        var recurrence = invocation.Value(Expression) is { Length: > 0 } words ? Recurrence.Parse(string.Join(' ', words)) : before.Recurrence;
        return (before with
        {
            Recurrence = recurrence is AfterRecurrence after && recurrence != before.Recurrence ? new AfterRecurrence(dataSet(after.DataSet)) : recurrence,
            Zone = zone,
            Start = invocation.Value(Start) is { } start ? Instant("--start", start, zone, isEnd: false) : before.Start,
            End = invocation.Value(End) is { } end ? Instant("--end", end, zone, isEnd: true) : before.End,
            Blackout = invocation.Value(Blackout) is { Length: > 0 } blackout ? [.. blackout.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(DateSpan.Parse)] : before.Blackout,
            Jitter = invocation.Value(Jitter) is { } jitter ? Durations.Parse("--jitter", jitter, Durations.MostOfTimers) : before.Jitter,
            Missed = Choice("--missed", invocation.Value(Missed), before.Missed),
            MostMissed = invocation.Value(MostMissed) ?? before.MostMissed,
            Overlap = Choice("--overlap", invocation.Value(Overlap), before.Overlap),
        }).Checked();
    }

    /// <summary>An instant with its offset, or a date or time in a zone.</summary>
    public static DateTimeOffset Instant(string option, string text, TimeZoneInfo zone, bool isEnd)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date))
        {
            return isEnd ? LocalTimes.First(zone, date.AddDays(1).ToDateTime(TimeOnly.MinValue)).AddTicks(-1) : LocalTimes.First(zone, date.ToDateTime(TimeOnly.MinValue));
        }

        if (DateTime.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return LocalTimes.First(zone, local);
        }

        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : throw new PlatformException(PlatformFault.Input, $"{option} \"{text}\" is no date or time; write 2026-12-01, 2026-12-01T09:00 (in the schedule's zone) or 2026-12-01T08:00Z.");
    }

    private static T Choice<T>(string option, string? text, T before)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().ToDictionary(name => Dashed(name), Enum.Parse<T>, StringComparer.OrdinalIgnoreCase);
        return text is null ? before : names.TryGetValue(text, out var choice)
            ? choice
            : throw new PlatformException(PlatformFault.Input, $"{option} \"{text}\" is not known; it is {string.Join(", ", names.Keys)}.");
    }

    /// <summary>"RunOnce" as "run-once".</summary>
    public static string Dashed(string name) =>
        string.Concat(name.Select((letter, index) => char.IsUpper(letter) && index > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
