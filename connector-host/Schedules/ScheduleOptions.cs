using System.ComponentModel.DataAnnotations;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>The operator's settings under <c>Schedules</c>.</summary>
internal sealed record ScheduleOptions
{
    /// <summary>The IANA zone of schedules that name none.</summary>
    public string Zone { get; set; } = "UTC";

    /// <summary>No schedule may fire more often; zero lets each choose.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "31.00:00:00")]
    public TimeSpan ShortestInterval { get; set; }

    [Range(1, 3650)]
    public int KeepLogDays { get; set; } = 90;

    /// <summary>The most lines of the log that a DataSet keeps.</summary>
    [Range(10, 1_000_000)]
    public int KeepLogLines { get; set; } = 2000;
}
