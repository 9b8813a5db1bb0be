using System.Diagnostics.Metrics;
using System.Text.Json;

namespace ConnectorPlatform.Host.Runs;

/// <summary>Measures runs as they end.</summary>
internal static class RunMeter
{
    public const string Name = "ConnectorPlatform.Runs";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("connector_platform.runs", description: "Runs that have ended, by state and trigger.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "connector_platform.run.duration",
        "s",
        "How long runs took, by state.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14400] });

    private static readonly Counter<long> Rows = Meter.CreateCounter<long>("connector_platform.rows", description: "Rows that runs read, wrote, removed and rejected.");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("connector_platform.source.requests", description: "Requests that runs sent to sources.");

    private static readonly Counter<long> Received = Meter.CreateCounter<long>("connector_platform.source.received", "By", "Bytes that sources sent.");

    public static void Tell(RunRecord ended)
    {
        var state = KeyValuePair.Create<string, object?>("state", Word(ended.State));
        Ended.Add(1, state, KeyValuePair.Create<string, object?>("trigger", Word(ended.Trigger)));
        if (ended.EndedAt is { } at)
        {
            Duration.Record((at - ended.StartedAt).TotalSeconds, state);
        }

        foreach (var (direction, rows) in new[]
        {
            ("read", ended.Counts.RowsRead), ("written", ended.Counts.RowsWritten), ("removed", ended.Counts.RowsRemoved), ("rejected", ended.Counts.RowsRejected),
        })
        {
            Rows.Add(rows, KeyValuePair.Create<string, object?>("direction", direction));
        }

        Requests.Add(ended.Counts.Requests);
        Received.Add(ended.Counts.BytesReceived);
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
