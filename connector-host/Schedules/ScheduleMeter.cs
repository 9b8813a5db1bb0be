using System.Diagnostics.Metrics;

namespace ConnectorPlatform.Host.Schedules;

/// <summary>Measures how late fires begin.</summary>
internal static class ScheduleMeter
{
    public const string Name = "ConnectorPlatform.Schedules";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Delay = Meter.CreateHistogram(
        "connector_platform.schedule.delay",
        "s",
        "From the time at which a schedule was due to the beginning of its run; runs that make up for missed ones are not counted.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 2, 5, 10, 60, 300, 3600] });

    public static void Tell(Fire fire, DateTimeOffset now)
    {
        if (!fire.IsMakeUp)
        {
            Delay.Record(Math.Max(0, (now - fire.At).TotalSeconds));
        }
    }
}
