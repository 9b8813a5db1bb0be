using System.Diagnostics;
using System.Text.Json;

namespace ConnectorPlatform.Benchmarks;

/// <summary>What one child process measured.</summary>
/// <param name="Rows">Rows that stand in the database.</param>
/// <param name="Milliseconds">Wall time.</param>
/// <param name="CpuMilliseconds">Processor time of the process and its workers in that time, all threads.</param>
/// <param name="PeakMegabytes">The most resident memory that the process ever had.</param>
/// <param name="WorkerMegabytes">The most that its largest worker ever had.</param>
internal sealed record Measurement(long Rows, double Milliseconds, double CpuMilliseconds, double PeakMegabytes, double WorkerMegabytes)
{
    public double RowsPerSecond => Rows / Milliseconds * 1000;

    /// <summary>Measures the work, which returns the number of rows.</summary>
    /// <param name="work">The work.</param>
    /// <param name="workers">The ids of the worker processes, which live before and after the work.</param>
    public static async Task<Measurement> OfAsync(Func<Task<long>> work, Func<IEnumerable<int>>? workers = null)
    {
        using var process = Process.GetCurrentProcess();
        var children = (workers?.Invoke() ?? []).Select(Process.GetProcessById).ToArray();
        var cpu = process.TotalProcessorTime + Cpu(children);
        var start = Stopwatch.GetTimestamp();
        var rows = await work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        Array.ForEach(children, child => child.Refresh());
        return new Measurement(
            rows,
            elapsed.TotalMilliseconds,
            (process.TotalProcessorTime + Cpu(children) - cpu).TotalMilliseconds,
            process.PeakWorkingSet64 / 1048576.0,
            children.Select(child => child.PeakWorkingSet64 / 1048576.0).DefaultIfEmpty().Max());
    }

    private static TimeSpan Cpu(Process[] processes) => TimeSpan.FromTicks(processes.Sum(process => process.TotalProcessorTime.Ticks));

    public string ToJson() => JsonSerializer.Serialize(this);

    public static Measurement Parse(string json) => JsonSerializer.Deserialize<Measurement>(json)!;
}
