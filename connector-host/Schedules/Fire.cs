namespace ConnectorPlatform.Host.Schedules;

/// <summary>One fire of a schedule: a run of its DataSet is due.</summary>
internal sealed record Fire
{
    public required string ScheduleId { get; init; }

    public required string DataSetId { get; init; }

    /// <summary>The time that the schedule said; with the schedule it names the fire, also after a restart.</summary>
    public required DateTimeOffset At { get; init; }

    public OverlapPolicy Overlap { get; init; }

    /// <summary>It makes up for a missed one; several of these wait for each other.</summary>
    public bool IsMakeUp { get; init; }

    /// <summary>The line of the log that tells of it.</summary>
    public required string LogId { get; init; }
}

/// <summary>How a fire ended, or how it is.</summary>
internal enum FireEnd
{
    /// <summary>Its run was asked for and has not ended.</summary>
    Started,

    /// <summary>It waits for a run of the same DataSet to end.</summary>
    Waiting,

    /// <summary>In a run, whose record tells the rest.</summary>
    Ran,

    /// <summary>Its time went by while nobody could fire it.</summary>
    Missed,

    Paused,
    Blackout,

    /// <summary>A run of the same DataSet was going on.</summary>
    Overlap,

    AccountTrouble,

    /// <summary>An earlier run of the DataSet waits for approval.</summary>
    Held,

    /// <summary>The run could not begin.</summary>
    Refused,

    /// <summary>The host was stopped or died before its run ended.</summary>
    Interrupted,

    /// <summary>No fire: the clock was far ahead and is put right.</summary>
    ClockPutBack,

    /// <summary>No fire: the DataSet is older than it may get.</summary>
    Late,

    /// <summary>No fire: the DataSet has been late and is fresh again.</summary>
    FreshAgain,
}

/// <summary>What became of a fire.</summary>
/// <param name="RunId">Null when there was no run.</param>
/// <param name="Message">For people: how the run ended, or why there was none.</param>
internal sealed record FireOutcome(FireEnd End, string? RunId, string Message)
{
    public static FireOutcome Ran(string runId, string message) => new(FireEnd.Ran, runId, message);

    public static FireOutcome NotRun(FireEnd end, string message) => new(end, null, message);
}

/// <summary>Is told once when a DataSet becomes older than it may get.</summary>
internal delegate void DataSetLate(LateDataSet late);

/// <param name="LastSuccess">Null when no run has ever succeeded.</param>
internal sealed record LateDataSet(string DataSetId, TimeSpan MaxAge, DateTimeOffset? LastSuccess);
