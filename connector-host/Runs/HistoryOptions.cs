using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.Runs;

/// <summary>The settings <c>Runs</c> that say how runs end with their process, and what becomes of ended and interrupted ones.</summary>
internal sealed record HistoryOptions
{
    /// <summary>Whether the server, when it starts, runs again what the end of a process interrupted.</summary>
    public bool ResumeOnStart { get; init; } = true;

    /// <summary>How long a run may take to its next commit when its process stops.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:06", ErrorMessage = "CommitWithin is from no time to 6 seconds (00:00:06): the process ends within 10.")]
    public TimeSpan CommitWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the records and logs of ended runs are kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00", ErrorMessage = "KeepHistory is from one minute (00:01:00) to 36500 days, such as 90.00:00:00 for 90 days.")]
    public TimeSpan KeepHistory { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How many of the last runs each DataSet keeps, however old they are.</summary>
    [Range(1, 1_000_000, ErrorMessage = "KeepLast is from 1 to 1000000 runs.")]
    public int KeepLast { get; init; } = 20;
}
