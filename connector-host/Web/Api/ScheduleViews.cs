using System.ComponentModel;
using System.Globalization;
using ConnectorPlatform.Host.Schedules;

namespace ConnectorPlatform.Host.Web.Api;

/// <summary>When a DataSet runs by itself.</summary>
internal sealed record ScheduleBody
{
    [Description("Words, such as \"every 15 minutes between 08:00 and 18:00\"; a cron expression; \"manually\"; or \"after DATASET\".")]
    public required string When { get; init; }

    [Description("The IANA zone of its times; by default the platform's.")]
    public string? Zone { get; init; }

    [Description("No run before it; intervals count from it.")]
    public DateTimeOffset? Start { get; init; }

    [Description("No run after it.")]
    public DateTimeOffset? End { get; init; }

    [Description("Dates in the zone without runs: 2026-12-24 or 2026-12-24..2026-12-26.")]
    public IReadOnlyList<string>? Blackout { get; init; }

    [Description("Each run is put off by up to this.")]
    public double JitterSeconds { get; init; }

    [Description("What becomes of runs missed while the host was down.")]
    public MissedPolicy Missed { get; init; }

    [Description("The most runs that runEach makes up for.")]
    public int MostMissed { get; init; } = 10;

    [Description("What becomes of a run whose time comes while one goes on.")]
    public OverlapPolicy Overlap { get; init; }
}

/// <summary>A stored schedule.</summary>
internal sealed record ScheduleView
{
    public required string Id { get; init; }

    public required string When { get; init; }

    [Description("When it runs, in words.")]
    public required string Words { get; init; }

    public required string Zone { get; init; }

    public required DateTimeOffset? Start { get; init; }

    public required DateTimeOffset? End { get; init; }

    public required IReadOnlyList<string> Blackout { get; init; }

    public required double JitterSeconds { get; init; }

    public required MissedPolicy Missed { get; init; }

    public required int MostMissed { get; init; }

    public required OverlapPolicy Overlap { get; init; }

    public required bool IsPaused { get; init; }

    [Description("The next runs; none while it is paused.")]
    public required IReadOnlyList<FireView> Next { get; init; }
}

/// <summary>All schedules of a DataSet.</summary>
internal sealed record SchedulesView
{
    public required IReadOnlyList<ScheduleView> Schedules { get; init; }

    [Description("How old the DataSet may get before it is late; null for any age.")]
    public required double? MaxAgeSeconds { get; init; }
}

/// <summary>A time at which a schedule fires.</summary>
internal sealed record FireView(
    DateTimeOffset At,
    [property: Description("In the schedule's zone.")] string Local,
    [property: Description("What daylight saving, blackouts and jitter do to it.")] IReadOnlyList<string> Notes)
{
    public static FireView Of(Preview fire) => new(fire.Utc, fire.Local.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), fire.Notes);
}

/// <summary>When a schedule that is not stored would fire.</summary>
internal sealed record NextFiresView(string Words, string Zone, IReadOnlyList<FireView> Next);

/// <summary>How old a DataSet may get.</summary>
internal sealed record MaxAgeBody([property: Description("From the end of its last successful run; null for any age.")] double? Seconds);

/// <summary>How many schedules changed.</summary>
internal sealed record SwitchedView(int Changed);

/// <summary>What became of a time of a schedule, or of several in a row that ended alike.</summary>
internal sealed record ScheduleLineView
{
    public required string DataSet { get; init; }

    [Description("Null for what concerns no schedule of its own.")]
    public required string? Schedule { get; init; }

    [Description("The time that the schedule said; of several the first.")]
    public required DateTimeOffset At { get; init; }

    [Description("Of several times the last.")]
    public required DateTimeOffset LastAt { get; init; }

    [Description("How many times the line stands for; 0 for what is none.")]
    public required long Fires { get; init; }

    public required FireEnd Outcome { get; init; }

    public required string? Run { get; init; }

    public required string Message { get; init; }

    public static ScheduleLineView Of(ScheduleLine line) => new()
    {
        DataSet = line.DataSetId,
        Schedule = line.ScheduleId,
        At = line.At,
        LastAt = line.LastAt,
        Fires = line.Fires,
        Outcome = line.Outcome,
        Run = line.RunId,
        Message = line.Message,
    };
}
