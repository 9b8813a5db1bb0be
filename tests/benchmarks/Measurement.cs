using System.Diagnostics;
using System.Text.Json;

namespace ConnectorPlatform.Benchmarks;

/// <summary>What one child process measured.</summary>
/// <param name="Rows">Rows that stand in the database.</param>
/// <param name="Milliseconds">Wall time.</param>
/// <param name="CpuMilliseconds">Processor time of the process in that time, all threads.</param>
/// <param name="PeakMegabytes">The most resident memory that the process ever had.</param>
internal sealed record Measurement(long Rows, double Milliseconds, double CpuMilliseconds, double PeakMegabytes)
{
    public double RowsPerSecond => Rows / Milliseconds * 1000;

    /// <summary>Measures the work, which returns the number of rows.</summary>
    public static async Task<Measurement> OfAsync(Func<Task<long>> work)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        var rows = await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        return new Measurement(
            rows, elapsed.TotalMilliseconds, (process.TotalProcessorTime - cpu).TotalMilliseconds, process.PeakWorkingSet64 / 1048576.0);
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static Measurement Parse(string json) => JsonSerializer.Deserialize<Measurement>(json)!;
}
