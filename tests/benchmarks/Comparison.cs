using System.CommandLine;
using System.Globalization;

namespace ConnectorPlatform.Benchmarks;

/// <summary>Measures the hand-written loop and the platform in turn, several times, and prints the medians as a table.</summary>
internal static class Comparison
{
    private const int OneRowRuns = 300;

    public static Task<int> RunAsync(string[] arguments)
    {
        var rows = new Option<int>("--rows") { Description = "Rows of the large runs, a multiple of 10,000.", DefaultValueFactory = _ => 1_000_000 };
        var repetitions = new Option<int>("--repetitions") { Description = "How often everything is measured.", DefaultValueFactory = _ => 5 };
        var command = new RootCommand("Compares the platform's full path with a hand-written loop.") { rows, repetitions };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(rows), parsed.GetValue(repetitions)));
        return command.Parse(arguments).InvokeAsync();
    }

    private static async Task<int> RunAsync(int rows, int repetitions)
    {
        var (server, address) = await ChildProcess.ServeAsync(rows);
        using var serving = server;
        List<Measurement> handWritten = [], small = [], platform = [];
        for (var i = 0; i < repetitions; i++)
        {
            handWritten.Add(await LoadAsync("hand-written", address, rows));
            platform.Add(await LoadAsync("platform", address, rows));
            small.Add(await LoadAsync("platform", address, rows / 10));
            Console.Error.WriteLine($"{i + 1}/{repetitions}: {handWritten[^1].RowsPerSecond:N0} and {platform[^1].RowsPerSecond:N0} rows/s");
        }

        var overhead = await ChildProcess.MeasureAsync("one-row", address, OneRowRuns);
        Print(handWritten, platform, small, overhead);
        return 0;
    }

    private static async Task<Measurement> LoadAsync(string verb, Uri address, int rows)
    {
        var measurement = await ChildProcess.MeasureAsync(verb, address, rows);
        return measurement.Rows == rows
            ? measurement
            : throw new InvalidOperationException($"{verb} wrote {measurement.Rows} rows instead of {rows}.");
    }

    private static void Print(List<Measurement> handWritten, List<Measurement> platform, List<Measurement> small, Measurement overhead)
    {
        var ratios = platform.Zip(handWritten, (b, a) => b.RowsPerSecond / a.RowsPerSecond).ToArray();
        Console.WriteLine($"""
            | | (a) hand-written loop | (b) platform | b / a |
            |---|---:|---:|---:|
            | rows/s | {Of(handWritten, m => m.RowsPerSecond, "N0")} | {Of(platform, m => m.RowsPerSecond, "N0")} | {Format(Median.Of(ratios), "0.00")} ({Format(ratios.Min(), "0.00")} to {Format(ratios.Max(), "0.00")}) |
            | processor time, µs a row | {Of(handWritten, CpuPerRow, "0.00")} | {Of(platform, CpuPerRow, "0.00")} | {Format(Median.Of(platform.Select(CpuPerRow)) / Median.Of(handWritten.Select(CpuPerRow)), "0.00")} |
            | peak memory, MB | {Of(handWritten, m => m.PeakMegabytes, "0")} | {Of(platform, m => m.PeakMegabytes, "0")} | |
            | peak memory with {Format(small[0].Rows, "N0")} rows, MB | | {Of(small, m => m.PeakMegabytes, "0")} | |
            | peak memory of {Format(platform[0].Rows, "N0")} / {Format(small[0].Rows, "N0")} rows | | {Format(Median.Of(platform.Select(m => m.PeakMegabytes)) / Median.Of(small.Select(m => m.PeakMegabytes)), "0.00")} | |
            | overhead of a one-row run, ms | | {Format(overhead.Milliseconds, "0.0")} | |
            """);
    }

    private static double CpuPerRow(Measurement measurement) => measurement.CpuMilliseconds * 1000 / measurement.Rows;

    private static string Of(List<Measurement> measurements, Func<Measurement, double> value, string format) =>
        Format(Median.Of(measurements.Select(value)), format);

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
